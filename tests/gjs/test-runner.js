/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test, until} from './harness.js';

const {ALREADY_DONE, NOT_RUNNING, WOULD_DEADLOCK} = ThreadedAsync.Error;
const {TIMEOUT_DEFAULT, TIMEOUT_INFINITE} = ThreadedAsync;

Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');
Gio._promisify(ThreadedAsync.Runner.prototype, 'stop_async', 'stop_finish');
Gio._promisify(ThreadedAsync.Runner.prototype, 'wait_for_next_iteration_async',
  'wait_for_next_iteration_finish');

function attach(name) {
  return ThreadedAsync.Runner.new_for_context(GLib.MainContext.default(), name);
}

test('the default runner runs on the main context', async () => {
  const runner = ThreadedAsync.Runner.get_default();

  assertEqual(runner, ThreadedAsync.Runner.get_default());
  assertEqual(runner.running, true);
  assertEqual(runner.is_in_loop(), true);
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.NOT_SHUT_DOWN);
});

test('an attached runner starts and stops once', async () => {
  const runner = attach('once');

  assertEqual(runner.name, 'once');
  assertEqual(runner.running, false);
  runner.start();
  assertEqual(runner.running, true);
  await assertFails(() => runner.start(), ThreadedAsync.Error, ALREADY_DONE);

  await runner.stop_async(TIMEOUT_DEFAULT, null);
  assertEqual(runner.running, false);
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
  await runner.stop_async(TIMEOUT_DEFAULT, null);
  await assertFails(() => runner.start(), ThreadedAsync.Error, ALREADY_DONE);
});

test('stop cancels the tasks that are not done', async () => {
  const runner = attach('cancels');

  runner.start();
  const task = runner.create_task(self => {
    const promise = self.take_promise();

    ThreadedAsync.sleep_async(TIMEOUT_INFINITE, promise.get_cancellable(), (source, result) => {
      try {
        ThreadedAsync.sleep_finish(result);
        promise.return_failed('The sleep was not cancelled');
      } catch (error) {
        promise.return_error(error);
      }
    });
  });
  const ended = task.wait_async(TIMEOUT_INFINITE, null);

  await runner.stop_async(TIMEOUT_DEFAULT, null);
  await assertFails(ended, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
});

test('work for a runner that does not run fails', async () => {
  const runner = attach('idle');
  let called = false;
  const task = runner.create_task(() => (called = true));

  assertEqual(task.done, true);
  await assertFails(() => task.try_wait(), ThreadedAsync.Error, NOT_RUNNING);
  await assertFails(() => runner.stop(0, null), ThreadedAsync.Error, NOT_RUNNING);
  await assertFails(runner.wait_for_next_iteration_async(0, null),
    ThreadedAsync.Error, NOT_RUNNING);
  assertEqual(called, false);
});

test('notify::running comes in a later turn of the main loop', async () => {
  const runner = attach('notifies');
  const seen = [];

  runner.connect('notify::running', () => {
    assertEqual(GLib.MainContext.default().is_owner(), true);
    seen.push(runner.running);
  });
  runner.start();
  assertEqual(seen.length, 0);
  await until(() => seen.length === 1);
  await runner.stop_async(TIMEOUT_DEFAULT, null);
  await until(() => seen.length === 2);
  assertEqual(seen.join(), 'true,false');
});

test('blocking on the own loop is refused', async () => {
  const runner = attach('blocks');

  runner.start();
  const task = runner.create_task(self => {
    self.take_promise().return_int(1);
  });

  await assertFails(() => task.wait(TIMEOUT_INFINITE, null),
    ThreadedAsync.Error, WOULD_DEADLOCK);
  await assertFails(() => runner.wait_for_next_iteration(TIMEOUT_INFINITE, null),
    ThreadedAsync.Error, WOULD_DEADLOCK);
  assertEqual((await task.wait_async(TIMEOUT_INFINITE, null))[0], 1);
  assertEqual(task.wait(TIMEOUT_INFINITE, null)[1], 1);
  await runner.stop_async(TIMEOUT_DEFAULT, null);
});

test('call_in_loop calls at once when already there', async () => {
  let called = false;

  ThreadedAsync.Runner.get_default().call_in_loop(() => (called = true), TIMEOUT_DEFAULT, null);
  assertEqual(called, true);
});

test('call_in_loop_async calls in a later turn', async () => {
  const runner = ThreadedAsync.Runner.get_default();
  const seen = [];

  runner.call_in_loop_async(() => seen.push('called'), TIMEOUT_DEFAULT, null,
    (source, result) => seen.push(runner.call_in_loop_finish(result)));
  assertEqual(seen.length, 0);
  await until(() => seen.length === 2);
  assertEqual(seen.join(), 'called,true');
});

test('the barrier lets everything run that was ready', async () => {
  let called = false;

  GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
    called = true;
    return GLib.SOURCE_REMOVE;
  });
  await ThreadedAsync.Runner.get_default().wait_for_next_iteration_async(TIMEOUT_DEFAULT, null);
  assertEqual(called, true);
});

test('a threaded runner starts and stops, blocking', async () => {
  const runner = ThreadedAsync.Runner.new('thread');

  assertEqual(runner.get_context(), null);
  runner.start();
  assertEqual(runner.is_in_loop(), false);
  assertEqual(runner.wait_for_next_iteration(TIMEOUT_INFINITE, null), true);
  assertEqual(runner.stop(TIMEOUT_DEFAULT, null), true);
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
});

run();
