/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, assertThrows, run, test, until} from './harness.js';

const {CANCELLED} = Gio.IOErrorEnum;
const {DROPPED, FAILED} = ThreadedAsync.Error;
const runner = ThreadedAsync.Runner.main;

Gio._promisify(Gio.File.prototype, 'query_info_async', 'query_info_finish');

/* A task that waits for what the test decides, which it is given with the promise. */
function createWaiter() {
  const waiter = {};

  waiter.task = runner.create_task(promise => new Promise((resolve, reject) => {
    Object.assign(waiter, {promise, resolve, reject});
  }));
  return waiter;
}

test('the function runs in the main loop, later', async () => {
  let called = false;
  const task = runner.create_task(() => {
    assertEqual(runner.is_in_loop(), true);
    assertEqual(GLib.MainContext.default().is_owner(), true);
    called = true;
    return 'done';
  });

  assertEqual(called, false);
  assertEqual(task.done, false);
  assertEqual(await task.wait(), 'done');
  assertEqual(called, true);
  assertEqual(task.done, true);
});

test('a task that awaits', async () => {
  const folder = Gio.File.new_for_path('/');
  const task = runner.create_task(async promise => {
    const info = await folder.query_info_async('standard::type', Gio.FileQueryInfoFlags.NONE,
      GLib.PRIORITY_DEFAULT, promise.get_cancellable());
    return info.get_file_type();
  });

  assertEqual(await task.wait(), Gio.FileType.DIRECTORY);
});

test('what the function returns is the result, of any kind', async () => {
  const object = {a: 1};

  assertEqual(await runner.create_task(() => object).wait(), object);
  assertEqual(await runner.create_task(async () => object).wait(), object);
  assertEqual(await runner.create_task(() => undefined).wait(), undefined);
  assertEqual(await runner.create_task(async () => {}).wait(), undefined);
});

test('what the function throws is the error', async () => {
  const thrown = new RangeError('too far');

  for (const func of [() => { throw thrown; }, async () => { throw thrown; }]) {
    const task = runner.create_task(func);
    try {
      await task.wait();
      throw new Error('there was no error');
    } catch (error) {
      assertEqual(error, thrown);
    }
    assertEqual(task.error.matches(ThreadedAsync.Error, FAILED), true);
    assertEqual(task.error.message, 'RangeError: too far');
  }

  const error = await assertFails(runner.create_task(() => Gio.File.new_for_path('/').read(null))
    .wait(), Gio.IOErrorEnum, Gio.IOErrorEnum.IS_DIRECTORY);
  assertEqual(error instanceof GLib.Error, true);
});

test('another thread can wait for a function of JavaScript', async () => {
  // The method that blocks is the one of C, which the override leaves in its place there.
  const background = ThreadedAsync.Runner.new('background');
  const waiter = createWaiter();

  background.start();
  await until(() => waiter.promise);
  const waited = background.call_method(waiter.task, 'wait', [-1]);
  const list = ['a', 'list'];
  waiter.resolve(list);
  assertEqual(await waited, list);
  assertEqual(await waiter.task.wait(), list);

  const number = runner.create_task(async () => 42);
  assertEqual(await background.call_method(number, 'wait', [-1]), 42);
  await assertFails(background.call_method(runner.create_task(() => { throw new Error('x'); }),
    'wait', [-1]), ThreadedAsync.Error, FAILED);
  await background.stop();
});

test('a function that is collected before it is done fails its task', async () => {
  const task = runner.create_task(() => new Promise(() => {}));
  const id = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
    System.gc();
    return GLib.SOURCE_CONTINUE;
  });

  try {
    await assertFails(task.wait(), ThreadedAsync.Error, DROPPED);
  } finally {
    GLib.source_remove(id);
  }
});

test('cancel asks, the return decides', async () => {
  const sleeper = runner.create_task(promise =>
    ThreadedAsync.sleep(Infinity, promise.get_cancellable()));
  const stubborn = createWaiter();

  await until(() => stubborn.promise);
  sleeper.cancel();
  await assertFails(sleeper.wait(), Gio.IOErrorEnum, CANCELLED);

  stubborn.task.cancel();
  assertEqual(stubborn.promise.get_cancellable().is_cancelled(), true);
  assertEqual(stubborn.task.done, false);
  stubborn.resolve(9);
  assertEqual(await stubborn.task.wait(), 9);
});

test('return_error_if_cancelled', async () => {
  const waiter = createWaiter();

  await until(() => waiter.promise);
  assertEqual(waiter.promise.return_error_if_cancelled(), false);
  waiter.task.cancel();
  assertEqual(waiter.promise.return_error_if_cancelled(), true);
  await assertFails(waiter.task.wait(), Gio.IOErrorEnum, CANCELLED);
});

test('name, runner, progress and status', async () => {
  const waiter = createWaiter();
  const {task} = waiter;
  const seen = [];

  task.set_name('reader');
  assertEqual(task.name, 'reader');
  assertEqual(task.get_runner(), runner);

  await until(() => waiter.promise);
  task.connect('notify::progress', () => seen.push(task.progress));
  task.connect('notify::status', () => seen.push(task.status));
  waiter.promise.set_progress(0.25);
  waiter.promise.set_progress(0.5);
  waiter.promise.set_status('half');
  assertEqual(seen.length, 0);
  await until(() => seen.length === 2);
  assertEqual(seen.sort().join(), '0.5,half');
  waiter.resolve(1);
  await task.wait();
});

test('a function may return the promise by itself, but not twice', async () => {
  const {main} = ThreadedAsync.Runner;

  assertEqual(await main.create_task(promise => promise.return_int(1)).wait(), 1);
  assertEqual(await main.create_task(async promise => {
    await ThreadedAsync.sleep(0);
    promise.return_string('later');
  }).wait(), 'later');

  GLib.test_expect_message('Gjs', GLib.LogLevelFlags.LEVEL_WARNING, '*returned already*');
  assertEqual(await main.create_task(promise => {
    promise.return_int(1);
    return 2;
  }).wait(), 1);
  GLib.test_assert_expected_messages_internal('Gjs', 'test-task.js', 0, 'twice');
});

test('whatever a function throws or returns ends its task', async () => {
  const nameless = Object.create(null);
  const textless = {
    toString() {
      throw new Error('no text');
    },
  };
  const thrown = [nameless, textless, Symbol('symbol'), undefined, null, 'a\0b', 10n, () => {}];
  const {main} = ThreadedAsync.Runner;

  for (const value of thrown) {
    const funcs = [
      () => {
        throw value;
      },
      () => Promise.reject(value),
      () => ({
        then() {
          throw value;
        },
      }),
      () => ({
        get then() {
          throw value;
        },
      }),
    ];

    for (const func of funcs) {
      const task = main.create_task(func);
      const outcome = await task.wait().then(result => ({result}), error => ({error}));

      assertEqual('error' in outcome, true);
      assertEqual(outcome.error, value);
      assertEqual(task.error.matches(ThreadedAsync.Error, ThreadedAsync.Error.FAILED), true);
    }
  }
  const twice = {
    then(resolve) {
      resolve(Promise.resolve(7));
      resolve(8);
    },
  };
  assertEqual(await main.create_task(() => twice).wait(), 7);
});

test('a task whose function returns what C does not take fails', async () => {
  const notOne = Object.create(new Gio.Cancellable());
  const now = runner.create_task(() => notOne);
  const later = runner.create_task(() => Promise.resolve(notOne));

  await assertThrows(() => now.wait({timeout: 60}), Error, 'Object');
  await assertThrows(() => later.wait({timeout: 60}), Error, 'Object');
});

test('what is thrown may be anything, even a proxy that will not be asked', async () => {
  const {proxy, revoke} = Proxy.revocable({}, {});
  const task = runner.create_task(() => {
    throw proxy;
  });
  let thrown = null;

  revoke();
  try {
    await task.wait({timeout: 60});
  } catch (error) {
    thrown = error;
  }
  assertEqual(thrown === proxy, true);
});

test('a task keeps what was thrown, also when its wrapper is collected', async () => {
  const queue = ThreadedAsync.Queue.new(0);
  const problem = new RangeError('once');

  await (async () => {
    const task = runner.create_task(() => {
      throw problem;
    });
    await assertThrows(() => task.wait(), RangeError, 'once');
    queue.try_put(task);
  })();
  for (let i = 0; i < 5; i++) {
    await ThreadedAsync.sleep(0); // eslint-disable-line no-await-in-loop
    System.gc();
  }
  assertEqual(await assertThrows(() => queue.try_get().try_wait(), RangeError, 'once'), problem);
});

run();
