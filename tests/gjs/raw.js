/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Without the override, functions that would run in another thread are refused all the same. */

import GObject from 'gi://GObject?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test} from './harness.js';

const {TIMEOUT_INFINITE: FOREVER} = ThreadedAsync;

async function assertRefused(action) {
  const error = await assertFails(action, ThreadedAsync.Error, ThreadedAsync.Error.WRONG_THREAD);

  assertEqual(error.message.includes('runner “threaded” '), true);
}

test('there is no override', () => {
  assertEqual(ThreadedAsync.Runner.main, undefined);
});

test('a function in another thread is refused', async () => {
  const runner = ThreadedAsync.Runner.new('threaded');
  const func = () => {};

  runner.start();
  await assertRefused(() => runner.create_task(func));
  await assertRefused(() => runner.call_in_loop(func, FOREVER, null));
  await assertRefused(new Promise((resolve, reject) => {
    runner.call_in_loop_async(func, FOREVER, null, (_source, result) => {
      try {
        resolve(runner.call_in_loop_finish(result));
      } catch (error) {
        reject(error);
      }
    });
  }));
  runner.stop(FOREVER, null);
});

test('a class whose functions would run in another thread is refused', async () => {
  const Run = GObject.registerClass(class Run extends ThreadedAsync.Runner {
    vfunc_run() {
      super.vfunc_run();
    }
  });
  const Interrupt = GObject.registerClass(class Interrupt extends ThreadedAsync.Runner {
    vfunc_interrupt() {
      super.vfunc_interrupt();
    }
  });
  const Other = GObject.registerClass(class Other extends ThreadedAsync.Runner {});
  const other = new Other({name: 'threaded'});

  await assertRefused(() => new Run({name: 'threaded'}).start());
  await assertRefused(() => new Interrupt({name: 'threaded'}).start());
  other.start();
  other.stop(FOREVER, null);
});

test('a function in its own thread is not', async () => {
  const runner = ThreadedAsync.Runner.get_default();
  const task = runner.create_task(self => self.take_promise().return_int(42));

  assertEqual(await new Promise((resolve, reject) => {
    task.wait_async(FOREVER, null, (_source, result) => {
      try {
        resolve(task.wait_finish(result)[1]);
      } catch (error) {
        reject(error);
      }
    });
  }), 42);
});

run();
