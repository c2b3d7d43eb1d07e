/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A small TAP harness: test(name, asyncFunction) for each test, then run(). */

import GLib from 'gi://GLib?version=2.0';
import System from 'system';

const TIMEOUT_MS = 60000;
const tests = [];

export function test(name, func) {
  tests.push({name, func});
}

export function assertEqual(actual, expected) {
  if (!Object.is(actual, expected))
    throw new Error(`expected ${expected} (${typeof expected}), got ${actual} (${typeof actual})`);
}

/* The action is a promise, or a function to be called. Resolves to the error, once checked. */
export async function assertFails(action, domain, code) {
  try {
    const result = await (typeof action === 'function' ? action() : action);
    throw new Error(`expected an error, got the result ${result}`);
  } catch (error) {
    if (error instanceof GLib.Error && error.matches(domain, code))
      return error;
    throw new Error(`expected code ${code} of ${domain.name}, got ${error}`);
  }
}

/* The same for errors of JavaScript, whose message has to have the text. */
export async function assertThrows(action, type, text) {
  try {
    const result = await action();
    throw new Error(`expected an error, got the result ${result}`);
  } catch (error) {
    if (error instanceof type && error.message.includes(text))
      return error;
    throw new Error(`expected a ${type.name} with “${text}”, got ${error}`);
  }
}

/* Turns the main loop until the condition holds: the test's time-out bounds it. */
export async function until(condition) {
  while (!condition()) {
    // eslint-disable-next-line no-await-in-loop
    await new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => resolve()));
  }
}

function bounded(promise) {
  let id = 0;
  const timeout = new Promise((resolve, reject) => {
    id = GLib.timeout_add(GLib.PRIORITY_DEFAULT, TIMEOUT_MS, () => {
      id = 0;
      reject(new Error(`not done after ${TIMEOUT_MS} ms`));
      return GLib.SOURCE_REMOVE;
    });
  });
  return Promise.race([promise, timeout]).finally(() => id !== 0 && GLib.source_remove(id));
}

async function runAll() {
  let nFailed = 0;
  print(`1..${tests.length}`);
  for (const [i, {name, func}] of tests.entries()) {
    System.gc(); // else GJS may be collecting just when a callback comes, and drop it
    try {
      await bounded(func()); // eslint-disable-line no-await-in-loop
      print(`ok ${i + 1} - ${name}`);
    } catch (error) {
      nFailed++;
      print(`not ok ${i + 1} - ${name}`);
      print(`${error}\n${error.stack}`.trim().replace(/^/gm, '# '));
    }
  }
  return nFailed;
}

export function run() {
  const loop = new GLib.MainLoop(null, false);
  let nFailed = tests.length;

  runAll().then(n => (nFailed = n)).finally(() => loop.quit());
  loop.run();
  System.exit(nFailed > 0 || tests.length === 0 ? 1 : 0);
}
