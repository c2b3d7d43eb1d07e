/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, assertThrows, run, test, until} from './harness.js';

const {ALREADY_DONE, NOT_RUNNING, WOULD_DEADLOCK} = ThreadedAsync.Error;

function attach(name) {
  return ThreadedAsync.Runner.new_for_context(GLib.MainContext.default(), name);
}

test('the default runner runs on the main context', async () => {
  const runner = ThreadedAsync.Runner.main;

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

  await runner.stop();
  assertEqual(runner.running, false);
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
  await runner.stop();
  await assertFails(() => runner.start(), ThreadedAsync.Error, ALREADY_DONE);
});

test('stop cancels the tasks that are not done', async () => {
  const runner = attach('cancels');

  runner.start();
  const task = runner.create_task(promise =>
    ThreadedAsync.sleep(Infinity, promise.get_cancellable()));
  const ended = task.wait();

  await runner.stop();
  await assertFails(ended, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
});

test('work for a runner that does not run fails', async () => {
  const runner = attach('idle');
  let called = false;
  const task = runner.create_task(() => (called = true));

  assertEqual(task.done, true);
  await assertFails(() => task.try_wait(), ThreadedAsync.Error, NOT_RUNNING);
  await assertFails(() => runner.stop_blocking({timeout: 0}), ThreadedAsync.Error, NOT_RUNNING);
  await assertFails(runner.wait_for_next_iteration({timeout: 0}),
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
  await runner.stop();
  await until(() => seen.length === 2);
  assertEqual(seen.join(), 'true,false');
});

test('blocking on the own loop is refused', async () => {
  const runner = attach('blocks');

  runner.start();
  const task = runner.create_task(() => 1);

  await assertFails(() => task.wait_blocking(), ThreadedAsync.Error, WOULD_DEADLOCK);
  await assertFails(() => runner.wait_for_next_iteration_blocking(),
    ThreadedAsync.Error, WOULD_DEADLOCK);
  assertEqual(await task.wait(), 1);
  assertEqual(task.wait_blocking(), 1);
  await runner.stop();
});

test('call_in_loop calls in a later turn, and has what the function returned', async () => {
  const runner = ThreadedAsync.Runner.main;
  let called = false;
  const call = runner.call_in_loop(() => {
    called = true;
    return 'result';
  });

  assertEqual(called, false);
  assertEqual(await call, 'result');
  assertEqual(called, true);
  assertEqual(await runner.call_in_loop(async () => 'later'), 'later');
  await assertThrows(() => runner.call_in_loop(() => {
    throw new RangeError('thrown');
  }), RangeError, 'thrown');
});

test('call_in_loop_async calls in a later turn', async () => {
  const runner = ThreadedAsync.Runner.main;
  const seen = [];

  runner.call_in_loop_async(() => seen.push('called'), ThreadedAsync.TIMEOUT_DEFAULT, null,
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
  await ThreadedAsync.Runner.main.wait_for_next_iteration();
  assertEqual(called, true);
});

test('a threaded runner starts and stops, blocking', async () => {
  const runner = ThreadedAsync.Runner.new('thread');

  assertEqual(runner.get_context(), null);
  runner.start();
  assertEqual(runner.is_in_loop(), false);
  assertEqual(runner.wait_for_next_iteration_blocking(), true);
  assertEqual(runner.stop_blocking(), true);
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
});

test('a threaded runner refuses functions, and says what to do instead', async () => {
  const runner = ThreadedAsync.Runner.new('threaded');
  let called = false;
  const func = () => (called = true);
  const refuse = async () => {
    for (const action of [
      () => runner.create_task(func),
      () => runner.call_in_loop(func),
      () => runner.call_in_loop_async(func, -1, null, null),
      () => runner.run_gtask(null, func),
    ]) {
      const error = await assertThrows(action, TypeError, 'Runner.main');
      assertEqual(error.message.includes('runner.call('), true);
    }
  };

  await refuse(); // before its start
  runner.start();
  await refuse();
  await runner.wait_for_next_iteration();
  await runner.stop();
  assertEqual(called, false);
});

test('what is no function is refused', async () => {
  for (const func of [undefined, null, 1, 'x', {}]) {
    await assertThrows(() => ThreadedAsync.Runner.main.create_task(func), TypeError, 'function');
    await assertThrows(() => ThreadedAsync.Runner.main.call_in_loop(func), TypeError, 'function');
  }
});

test('a runner on a context of its own takes functions', async () => {
  const context = GLib.MainContext.new();
  const runner = ThreadedAsync.Runner.new_for_context(context, 'own');

  runner.start();
  // Whoever iterates it, nobody knows yet: it might be another thread.
  await assertThrows(() => runner.create_task(() => 'ran'), TypeError, 'thread');

  context.push_thread_default();
  try {
    const task = runner.create_task(() => 'ran');
    for (let i = 0; i < 100 && !task.done; i++)
      context.iteration(false);
    assertEqual(task.try_wait(), 'ran');
    runner.stop_blocking();
  } finally {
    context.pop_thread_default();
  }
});

test('a class of runners whose methods would run in another thread does not start', async () => {
  const Derived = GObject.registerClass(class Derived extends ThreadedAsync.Runner {
    vfunc_run() {
      throw new Error('JavaScript ran in another thread');
    }
  });
  const Harmless = GObject.registerClass(class Harmless extends ThreadedAsync.Runner {});

  await assertThrows(() => new Derived({name: 'derived'}).start(), TypeError, 'thread');
  const runner = new Harmless({name: 'harmless'});
  runner.start();
  await runner.stop();
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
});

test('signals that would come in another thread are refused', async () => {
  const runner = ThreadedAsync.Runner.new('other');
  let called = 0;

  runner.start();
  await runner.wait_for_next_iteration();
  const other = new ThreadedAsync.Queue({main_context: runner.get_context()});
  await assertThrows(() => other.connect('notify::closed', () => called++), TypeError, 'thread');
  other.close();
  await runner.wait_for_next_iteration();
  await runner.stop();
  assertEqual(called, 0);
});

/* Of every time of a runner what it is made with, and what is read, in seconds and in C. */
const times = {
  exit_timeout: [[2, 2, 2e6], [0.25, 0.25, 25e4], [0, 0, 0], [Infinity, Infinity, -1],
    [null, Infinity, -1], [undefined, 1, 1e6]],
  default_timeout: [[3, 3, 3e6], [1e-6, 1e-6, 1], [1e-9, 1e-6, 1], [Infinity, Infinity, -1],
    [null, Infinity, -1], [undefined, Infinity, -1]],
  stall_threshold: [[0.5, 0.5, 5e5], [0, 0, 0], [Infinity, 0, 0], [null, 0, 0], [undefined, 0, 0]],
  max_spin: [[1, 1, 1e6], [0, 0, 0], [null, null, -1], [undefined, null, -1]],
};

const camelCase = name => name.replace(/_./g, part => part[1].toUpperCase());
const spellings = name => [name, camelCase(name), name.replace(/_/g, '-')];

test('the times of a runner are in seconds, however they are spelt', async () => {
  const Derived = GObject.registerClass(class TimesDerived extends ThreadedAsync.Runner {
    constructor(properties) {
      super({name: 'derived', ...properties});
    }
  });
  const Old = GObject.registerClass(class TimesOld extends ThreadedAsync.Runner {
    _init(properties) {
      super._init({name: 'old', ...properties});
    }
  });

  for (const [name, cases] of Object.entries(times)) {
    for (const [given, read, inC] of cases)
      for (const spelling of spellings(name))
        for (const Type of [ThreadedAsync.Runner, Derived, Old]) {
          const runner = new Type({[spelling]: given});

          assertEqual(runner[`get_${name}`](), inC);
          for (const other of spellings(name))
            assertEqual(runner[other], read);
          // What was read makes the same again.
          assertEqual(new Type({[spelling]: runner[spelling]})[name], read);
        }
  }
});

test('what is no time is refused by the name of the property', async () => {
  for (const name of Object.keys(times)) {
    for (const spelling of spellings(name)) {
      for (const bad of [-1, -2, NaN, '3', 2n, {}, true, -Infinity])
        await assertThrows(() => new ThreadedAsync.Runner({[spelling]: bad}), TypeError, spelling);
    }
  }
  for (const bad of [Infinity, 1.5])
    await assertThrows(() => new ThreadedAsync.Runner({max_spin: bad}), TypeError, 'max_spin');
});

test('the times of a runner stay as they were made', async () => {
  const runner = new ThreadedAsync.Runner({exit_timeout: 2});

  for (const name of Object.keys(times)) {
    for (const spelling of spellings(name))
      await assertThrows(() => (runner[spelling] = 0.5), TypeError, spelling);
  }
  assertEqual(runner.exit_timeout, 2);
  assertEqual(runner.get_exit_timeout(), 2e6);
});

test('other arguments of the constructor are as they were', async () => {
  assertEqual(new ThreadedAsync.Runner().running, false);
  assertEqual(new ThreadedAsync.Runner({name: 'named'}).name, 'named');
  assertEqual(ThreadedAsync.Runner.new('new').exit_timeout, 1);
  await assertThrows(() => new ThreadedAsync.Runner({nothing: 1}), Error, 'nothing');
  await assertThrows(() => new ThreadedAsync.Runner(null), Error, 'properties');
  await assertThrows(() => new ThreadedAsync.Runner(2), Error, 'properties');
});

test('a stop waits for as many seconds as the exit_timeout says', async () => {
  // In microseconds this would have given the thread up at once.
  const runner = new ThreadedAsync.Runner({name: 'busy', exit_timeout: 50, default_timeout: 50});

  runner.start();
  const call = runner.call(GLib, 'usleep', 100000);
  await runner.stop();
  assertEqual(runner.shutdown_type, ThreadedAsync.ShutdownType.STOPPED);
  assertEqual(await call, null);
});

run();
