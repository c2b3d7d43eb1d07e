/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the waits have in common, and what they wait for. */

/* exported checkList, mayGoOn, parse, promisify, settle, toMicroseconds, toWait, turn */

const {Gio, GLib, GObject} = imports.gi;

/* For how long values that are ready may keep the main loop from its next turn. */
const TURN_BUDGET_US = 4000;

/* How long the sources of the main loop may be kept waiting by those of a higher priority. */
const COME_BACK_MS = 10;

const FOREVER = -1;

/* When the turn of the main loop has to end, 0 when nothing has been ready in it yet. */
let turnEnd = 0;

/* The options that every wait takes, checked, and as C wants them. */
function parse(options, defaultTimeout) {
  if (options === undefined)
    return [defaultTimeout, null];
  if (typeof options !== 'object' || options === null || options instanceof GObject.Object)
    throw new TypeError('A wait takes its options as an object: {timeout: SECONDS, cancellable}');

  const {timeout, cancellable = null, ...others} = options;
  const [unknown] = Object.keys(others);

  if (unknown !== undefined)
    throw new TypeError(`There is no option “${unknown}”: a wait takes timeout and cancellable`);
  if (cancellable !== null && !(cancellable instanceof Gio.Cancellable))
    throw new TypeError('The option cancellable has to be a Gio.Cancellable');
  return [toMicroseconds(timeout, defaultTimeout), cancellable];
}

/* The arguments of a method, in whose place options would be lost without a word. */
function checkList(args, name) {
  if (!Array.isArray(args))
    throw new TypeError(`${name}: the arguments of the method have to be in an array`);
  return args;
}

function toMicroseconds(seconds, defaultTimeout = FOREVER) {
  if (seconds === undefined)
    return defaultTimeout;
  if (seconds === null || seconds === Infinity)
    return FOREVER;
  if (typeof seconds !== 'number' || !(seconds >= 0))
    throw new TypeError(`A time has to be a number of seconds, Infinity or null, not ${seconds}`);
  return Math.min(Math.ceil(seconds * 1e6), Number.MAX_SAFE_INTEGER);
}

/* With no time at all Box.take() would not be a wait that times out, but one never begun. */
function toWait(timeoutUs) {
  return timeoutUs === 0 ? 1 : timeoutUs;
}

/*
 * Whether something that is ready may be had at once. It may not for ever: a loop in JavaScript
 * that always finds something ready would never let the main loop turn.
 */
function mayGoOn() {
  if (turnEnd === 0) {
    turnEnd = GLib.get_monotonic_time() + TURN_BUDGET_US;
    GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, () => {
      turnEnd = 0;
      return GLib.SOURCE_REMOVE;
    });
    return true;
  }
  return GLib.get_monotonic_time() < turnEnd;
}

/* Lets the main loop do what is ready in it, painting and idles included. */
async function turn() {
  const ids = [];

  await new Promise(resolve => {
    const end = i => () => {
      ids[i] = 0;
      resolve();
      return GLib.SOURCE_REMOVE;
    };
    ids[0] = GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, end(0));
    ids[1] = GLib.timeout_add(GLib.PRIORITY_DEFAULT, COME_BACK_MS, end(1));
  });
  for (const id of ids) // one whose callback was dropped by GJS is not there any more
    if (id !== 0)
      GLib.MainContext.default().find_source_by_id(id)?.destroy();
  turnEnd = 0;
}

/* Makes a promise of a GIO-style call: start(callback), then finish(result). */
function promisify(start, finish) {
  return new Promise((resolve, reject) => {
    start((source, result) => {
      try {
        resolve(finish(result));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/*
 * Ends the promise, unless the function has done so itself: then there may be no other result. What
 * C does not take is an error, since whoever waits is to be told something.
 */
function endOnce(promise, name, result) {
  if (result === undefined && promise.get_future() === null)
    return;
  try {
    promise[name](result);
  } catch (error) {
    if (promise.get_future() !== null)
      promise.return_error(error);
    else
      logError(error, 'A JavaScript function has returned its promise, and then something else');
  }
}

/* Ends a promise of the library with what a function returns, at once or later, or throws. */
function settle(promise, func) {
  let result, isLater;

  try {
    result = func(promise);
    isLater = result !== null && typeof result?.then === 'function';
  } catch (error) {
    endOnce(promise, 'return_error', error);
    return;
  }
  if (isLater) {
    Promise.resolve(result).then(value => endOnce(promise, 'return_value', value),
      error => endOnce(promise, 'return_error', error));
  } else {
    endOnce(promise, 'return_value', result);
  }
}
