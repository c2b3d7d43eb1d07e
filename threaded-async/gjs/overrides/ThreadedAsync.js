/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What makes the library at home in JavaScript: waits that are awaited, times in seconds, and
 * values of any kind. GJS calls _init() with the namespace as `this` when the library is imported.
 *
 * JavaScript functions cannot leave their thread. Everything here runs in the thread of GJS, and
 * what would have JavaScript run in another one is refused.
 */

/* exported _init */

const {Gio, GLib, GObject} = imports.gi;

const {Holder, box, fromResults, isNative, toArgument, toTarget, unwrap, wrap, wrapItem} =
  imports.overrides._threadedAsync.values;
const {overrideClient, overrideRequest, overrideServer} =
  imports.overrides._threadedAsync.servers;
const {overrideTimes} = imports.overrides._threadedAsync.times;
const {checkList, mayGoOn, parse, promisify, settle, toMicroseconds, toWait, turn} =
  imports.overrides._threadedAsync.waits;

/* The timeouts of C that are no times: for ever, and what the runner has for a default. */
const FOREVER = -1;
const RUNNER_DEFAULT = -2;

/*
 * Where a future keeps the error thrown in JavaScript that has been taken out of it: as a property,
 * for which GJS keeps the very object as long as there is the future in C.
 */
const thrown = Symbol('thrown');

let namespace = null;

function isError(error, domain, code) {
  return error instanceof GLib.Error && error.matches(domain, code);
}

/* Of whatever may be thrown, which need not have a text, or be a proxy that will not be asked. */
function toText(error) {
  for (const func of [String, value => Object.prototype.toString.call(value)]) {
    try {
      return func(error);
    } catch (_) {
      // The next one may have one.
    }
  }
  return 'Something without a text was thrown';
}

function isGError(error) {
  try {
    return error instanceof GLib.Error;
  } catch (_) {
    return false;
  }
}

/* The error that a future failed with: what was thrown, if that was in JavaScript. */
function getFutureError(future, error) {
  if (!isError(error, namespace.Error, namespace.Error.FAILED))
    return error;

  if (!Object.hasOwn(future, thrown)) {
    const taken = future.take_foreign_error(Holder.$gtype);
    if (taken === null)
      return error;
    future[thrown] = unwrap(taken);
  }
  return future[thrown];
}

/* Calls a function that takes the result of a future. */
function withFutureError(future, func) {
  try {
    return func();
  } catch (error) {
    throw getFutureError(future, error);
  }
}

function checkRunsFunctions(runner, func, name) {
  if (typeof func !== 'function')
    throw new TypeError(`${name}() takes a function`);
  if (runner.is_in_loop())
    return;
  throw new TypeError(`${name}(): runner “${runner.name}” runs in another thread, in which ` +
    'JavaScript functions cannot run. Use ThreadedAsync.Runner.main for functions, or have the ' +
    "runner call something that blocks: await runner.call(object, 'method', …arguments)");
}

function overrideQueue(proto) {
  const {get_async: getAsync, put_async: putAsync, put_finish: putFinish} = proto;
  const {put_wait: putWait, try_put: tryPut, put_reserved: putReserved} = proto;
  const {reserve_async: reserveAsync, reserve_finish: reserveFinish} = proto;
  const take = (queue, result, timeout, cancellable) =>
    unwrap(namespace.Box.take(queue, result, timeout, cancellable));

  proto.try_get = function () {
    return take(this, null, 0, null);
  };

  proto.get_wait = function (options) {
    const [timeout, cancellable] = parse(options, FOREVER);

    return take(this, null, toWait(timeout), cancellable);
  };

  /* The next item in an object, since what is awaited can be no promise. */
  const next = async (queue, options) => {
    const [timeout, cancellable] = parse(options, FOREVER);

    if (!queue.get_is_empty() && (cancellable === null || !cancellable.is_cancelled())) {
      if (!mayGoOn())
        await turn();
      try {
        return {item: queue.try_get()};
      } catch (error) {
        if (!isError(error, Gio.IOErrorEnum, Gio.IOErrorEnum.WOULD_BLOCK))
          throw error;
      }
    }
    return promisify(callback => getAsync.call(queue, timeout, cancellable, callback),
      result => ({item: take(queue, result, 0, null)}));
  };

  proto.get = async function (options) {
    return (await next(this, options)).item;
  };

  proto.try_put = function (value) {
    return tryPut.call(this, wrapItem(this, value));
  };

  proto.put_wait = function (value, options) {
    return putWait.call(this, wrapItem(this, value), ...parse(options, FOREVER));
  };

  proto.put = async function (value, options) {
    const [timeout, cancellable] = parse(options, FOREVER);
    const wrapped = wrapItem(this, value);

    if (!this.get_is_full() && (cancellable === null || !cancellable.is_cancelled())) {
      if (!mayGoOn())
        await turn();
      try {
        tryPut.call(this, wrapped);
        return;
      } catch (error) {
        if (!isError(error, Gio.IOErrorEnum, Gio.IOErrorEnum.WOULD_BLOCK))
          throw error;
      }
    }
    await promisify(callback => putAsync.call(this, wrapped, timeout, cancellable, callback),
      result => putFinish.call(this, result));
  };

  proto.reserve = async function (options) {
    const [timeout, cancellable] = parse(options, FOREVER);

    return promisify(callback => reserveAsync.call(this, timeout, cancellable, callback),
      result => reserveFinish.call(this, result));
  };

  proto.put_reserved = function (reservation, value) {
    return putReserved.call(this, reservation, wrapItem(this, value));
  };

  /* No generator, which would wait for an item that is a promise. */
  proto[Symbol.asyncIterator] = function () {
    let done = false;
    const end = () => {
      done = true;
      return {value: undefined, done};
    };

    return {
      next: async () => {
        if (done)
          return end();
        try {
          return {value: (await next(this)).item, done: false};
        } catch (error) {
          const {value} = end();
          if (isError(error, namespace.Error, namespace.Error.CLOSED))
            return {value, done};
          throw error;
        }
      },
      return: async () => end(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
}

function overrideEvent(proto) {
  const {wait, wait_async: waitAsync, wait_finish: waitFinish} = proto;

  proto.wait_blocking = function (options) {
    return wait.call(this, ...parse(options, FOREVER));
  };

  proto.wait = async function (options) {
    const [timeout, cancellable] = parse(options, FOREVER);

    if (this.get_is_set() && (cancellable === null || !cancellable.is_cancelled())) {
      if (!mayGoOn())
        await turn();
      return;
    }
    await promisify(callback => waitAsync.call(this, timeout, cancellable, callback),
      result => waitFinish.call(this, result));
  };
}

function overrideFuture(proto) {
  const {wait_async: waitAsync} = proto;
  const take = (future, result, timeout, cancellable) => withFutureError(future,
    () => unwrap(namespace.Box.take(future, result, timeout, cancellable)));

  const getDefault = future => future instanceof namespace.Task ? RUNNER_DEFAULT : FOREVER;

  proto.try_wait = function () {
    return take(this, null, 0, null);
  };

  proto.wait_blocking = function (options) {
    const [timeout, cancellable] = parse(options, getDefault(this));

    return take(this, null, toWait(timeout), cancellable);
  };

  proto.wait = async function (options) {
    const [timeout, cancellable] = parse(options, getDefault(this));

    if (this.get_done() && (cancellable === null || !cancellable.is_cancelled())) {
      if (!mayGoOn())
        await turn();
      return this.try_wait();
    }
    return promisify(callback => waitAsync.call(this, timeout, cancellable, callback),
      result => take(this, result, 0, null));
  };
}

function overridePromise(proto) {
  const {try_return_value: tryReturnValue} = proto;

  /* Of a fault of the program C can only print that there was one: this throws. */
  for (const name of ['return_boolean', 'return_int', 'return_double', 'return_string',
    'return_object', 'return_error', 'return_new_error_literal', 'return_foreign_error',
    'return_failed']) {
    const func = proto[name];

    proto[name] = function (...args) {
      if (this.get_future() === null)
        throw new GLib.Error(namespace.Error, namespace.Error.ALREADY_DONE,
          'The promise has returned already');
      return func.apply(this, args);
    };
  }

  proto.try_return_value = function (value) {
    return tryReturnValue.call(this, wrap(value));
  };

  proto.return_value = function (value) {
    this.try_return_value(value);
  };

  const {return_error: returnError} = proto;

  proto.return_error = function (error) {
    if (isGError(error))
      returnError.call(this, error);
    else
      this.return_foreign_error(namespace.Error.FAILED, toText(error), box(error));
  };
}

/* The calls of a runner that take functions. */
function overrideRunnerFunctions(proto) {
  const {create_task: createTask, start} = proto;
  const {call_in_loop_async: callAsync, call_in_loop_finish: callFinish} = proto;

  proto.start = function () {
    for (let self = Object.getPrototypeOf(this); self !== proto; self = Object.getPrototypeOf(self))
      if (this.get_context() === null &&
          (Object.hasOwn(self, 'vfunc_run') || Object.hasOwn(self, 'vfunc_interrupt')))
        throw new TypeError(`start(): ${this.name} is of a class whose methods would have to run ` +
          'in another thread, in which JavaScript functions cannot run');
    return start.call(this);
  };

  proto.create_task = function (func) {
    checkRunsFunctions(this, func, 'create_task');
    return createTask.call(this, task => settle(task.take_promise(), func));
  };

  proto.call_in_loop_async = function (func, timeoutUs, cancellable, callback) {
    checkRunsFunctions(this, func, 'call_in_loop_async');
    callAsync.call(this, func, timeoutUs, cancellable, callback);
  };

  proto.call_in_loop = async function (func, options) {
    const [timeout, cancellable] = parse(options, RUNNER_DEFAULT);
    let outcome = null;

    checkRunsFunctions(this, func, 'call_in_loop');
    await promisify(callback => callAsync.call(this, () => {
      outcome = new Promise(resolve => resolve(func()));
      outcome.catch(() => {}); // it is thrown below, unless the wait for it has ended before
    }, timeout, cancellable, callback), result => callFinish.call(this, result));
    return outcome;
  };

  proto.run_gtask = function (_task, _func) {
    throw new TypeError('run_gtask(): JavaScript functions cannot work for a GTask. Use ' +
      "create_task() on ThreadedAsync.Runner.main, or await runner.call(object, 'method', …)");
  };
}

function overrideRunnerCalls(proto) {
  const {call_method_async: callAsync, call_method_finish: callFinish} = proto;
  const {stop, stop_async: stopAsync, stop_finish: stopFinish} = proto;
  const iterate = proto.wait_for_next_iteration;
  const iterateAsync = proto.wait_for_next_iteration_async;
  const iterateFinish = proto.wait_for_next_iteration_finish;

  proto.call_method = async function (target, method, args = [], options = undefined) {
    const [timeout, cancellable] = parse(options, RUNNER_DEFAULT);
    const name = `call(…, '${method}')`;
    const on = toTarget(target, name);
    const values = Array.from(checkList(args, name), value => toArgument(value, name));

    return promisify(
      callback => callAsync.call(this, on, method, values, timeout, cancellable, callback),
      result => fromResults(callFinish.call(this, result)[1]));
  };

  proto.call = function (target, method, ...args) {
    return this.call_method(target, method, args);
  };

  proto.stop_blocking = function (options) {
    return stop.call(this, ...parse(options, RUNNER_DEFAULT));
  };

  proto.stop = async function (options) {
    const [timeout, cancellable] = parse(options, RUNNER_DEFAULT);

    await promisify(callback => stopAsync.call(this, timeout, cancellable, callback),
      result => stopFinish.call(this, result));
  };

  proto.wait_for_next_iteration_blocking = function (options) {
    return iterate.call(this, ...parse(options, RUNNER_DEFAULT));
  };

  proto.wait_for_next_iteration = async function (options) {
    const [timeout, cancellable] = parse(options, RUNNER_DEFAULT);

    await promisify(callback => iterateAsync.call(this, timeout, cancellable, callback),
      result => iterateFinish.call(this, result));
  };
}

/* A handler is called in the thread of the object's main context, which must be that of GJS. */
function overrideConnect(proto) {
  for (const name of ['connect', 'connect_after']) {
    const connect = GObject.Object.prototype[name];

    proto[name] = function (signal, ...args) {
      if (!namespace.Runner.new_for_context(this.get_main_context(), null).is_in_loop())
        throw new TypeError(`${name}('${signal}'): the signals of this object come in another ` +
          'thread, in which JavaScript functions cannot run');
      return connect.call(this, signal, ...args);
    };
  }
}

function _init() {
  namespace = this;
  imports.overrides._threadedAsync.values.init(this);

  overrideQueue(this.Queue.prototype);
  overrideEvent(this.Event.prototype);
  overrideFuture(this.Future.prototype);
  overridePromise(this.Promise.prototype);
  overrideRunnerFunctions(this.Runner.prototype);
  overrideRunnerCalls(this.Runner.prototype);
  overrideTimes(this.Runner.prototype);
  overrideRequest(this.Request.prototype);
  overrideClient(this.Client.prototype);
  overrideServer(this.Server.prototype);
  for (const type of [this.Event, this.Future, this.Queue, this.Runner, this.Server])
    overrideConnect(type.prototype);

  /* A value in a box, on which methods work in place, when a runner calls them. */
  this.Box.of = function (value) {
    if (!isNative(value))
      throw new TypeError('Box.of() takes a value of a library');
    return namespace.Box.new(new GObject.Value(), value, null);
  };

  Object.defineProperty(this.Runner, 'main', {get: () => this.Runner.get_default()});

  this.sleep = async function (seconds, cancellable = null) {
    if (seconds === undefined)
      throw new TypeError('sleep() takes a number of seconds');
    await promisify(
      callback => namespace.sleep_async(toMicroseconds(seconds), cancellable, callback),
      result => namespace.sleep_finish(result));
  };
}
