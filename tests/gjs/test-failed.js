/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test, until} from './harness.js';

function start(name) {
  const runner = ThreadedAsync.Runner.new_for_context(GLib.MainContext.default(), name);

  runner.start();
  return runner;
}

/* A task that has failed, to which only its wrapper refers. */
async function fail(runner, name) {
  const task = runner.create_task(() => {
    throw new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND, 'not here');
  });
  task.set_name(name);
  await until(() => task.done);
  return task;
}

test('task-failed comes when the wrapper is collected', async () => {
  const runner = start('signal');
  const told = [];

  runner.connect('task-failed', (emitter, task) => {
    assertEqual(emitter, runner);
    told.push(task.name);
  });

  let task = await fail(runner, 'one');
  System.gc();
  assertEqual(told.length, 0);
  assertEqual(runner.get_n_failed_tasks(), 1);

  assertEqual(task.name, 'one');
  task = null;
  await until(() => {
    System.gc();
    return told.length > 0;
  });
  assertEqual(told.join(), 'one');
  assertEqual(runner.get_n_failed_tasks(), 0);
  assertEqual(runner.stop_blocking({timeout: 0}), true);
});

test('the stop lists what nobody has taken', async () => {
  const runner = start('stop');
  const kept = await fail(runner, 'one');
  await fail(runner, 'two');
  const taken = await fail(runner, 'three');

  await assertFails(() => taken.try_wait(), Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND);
  const error = await assertFails(() => runner.stop_blocking({timeout: 0}), ThreadedAsync.Error,
    ThreadedAsync.Error.TASKS_FAILED);
  assertEqual(error.message.includes('“one”: not here; “two”: not here'), true);

  const tasks = runner.get_failed_tasks();
  assertEqual(tasks.map(task => task.name).join(), 'one,two');
  assertEqual(tasks[0], kept);
  assertEqual(runner.get_n_failed_tasks(), 2);
  assertEqual(runner.stop_blocking({timeout: 0}), true);
});

run();
