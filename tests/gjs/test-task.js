/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test, until} from './harness.js';

const {DROPPED} = ThreadedAsync.Error;
const {TIMEOUT_INFINITE} = ThreadedAsync;

Gio._promisify(Gio.File.prototype, 'query_info_async', 'query_info_finish');
Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');

const runner = ThreadedAsync.Runner.get_default();

/* A task that sleeps until it's cancelled. */
function createSleeper() {
  return runner.create_task(self => {
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
}

test('the function runs in the main loop, later', async () => {
  let got = null;
  const task = runner.create_task(self => {
    assertEqual(runner.is_in_loop(), true);
    assertEqual(GLib.MainContext.default().is_owner(), true);
    got = self;
    self.take_promise().return_string('done');
  });

  assertEqual(got, null);
  assertEqual(task.done, false);
  assertEqual((await task.wait_async(TIMEOUT_INFINITE, null))[0], 'done');
  assertEqual(got, task);
  assertEqual(task.done, true);
});

test('a task that awaits', async () => {
  const folder = Gio.File.new_for_path('/');
  const task = runner.create_task(self => {
    const promise = self.take_promise();

    folder.query_info_async('standard::type', Gio.FileQueryInfoFlags.NONE,
      GLib.PRIORITY_DEFAULT, promise.get_cancellable()).then(
      info => promise.return_object(info),
      error => promise.return_error(error));
  });
  const [info] = await task.wait_async(TIMEOUT_INFINITE, null);

  assertEqual(info.get_file_type(), Gio.FileType.DIRECTORY);
});

test('a function that takes no promise fails its task', async () => {
  const task = runner.create_task(() => {});

  await assertFails(task.wait_async(TIMEOUT_INFINITE, null), ThreadedAsync.Error, DROPPED);
});

test('cancel asks, the return decides', async () => {
  const sleeper = createSleeper();
  let promise = null;
  const stubborn = runner.create_task(self => {
    promise = self.take_promise();
  });

  sleeper.cancel();
  await assertFails(sleeper.wait_async(TIMEOUT_INFINITE, null),
    Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);

  await until(() => promise !== null);
  stubborn.cancel();
  assertEqual(promise.get_cancellable().is_cancelled(), true);
  assertEqual(stubborn.done, false);
  promise.return_int(9);
  assertEqual((await stubborn.wait_async(TIMEOUT_INFINITE, null))[0], 9);
});

test('return_error_if_cancelled', async () => {
  let promise = null;
  const task = runner.create_task(self => {
    promise = self.take_promise();
  });

  await until(() => promise !== null);
  assertEqual(promise.return_error_if_cancelled(), false);
  task.cancel();
  assertEqual(promise.return_error_if_cancelled(), true);
  await assertFails(task.wait_async(TIMEOUT_INFINITE, null),
    Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
});

test('name, runner, progress and status', async () => {
  let promise = null;
  const task = runner.create_task(self => {
    promise = self.take_promise();
  });
  const seen = [];

  task.set_name('reader');
  assertEqual(task.name, 'reader');
  assertEqual(task.get_runner(), runner);

  await until(() => promise !== null);
  task.connect('notify::progress', () => seen.push(task.progress));
  task.connect('notify::status', () => seen.push(task.status));
  promise.set_progress(0.25);
  promise.set_progress(0.5);
  promise.set_status('half');
  assertEqual(seen.length, 0);
  await until(() => seen.length === 2);
  assertEqual(seen.sort().join(), '0.5,half');
  promise.return_int(1);
  await task.wait_async(TIMEOUT_INFINITE, null);
});

run();
