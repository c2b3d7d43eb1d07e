#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * errors.js: three tasks fail, and nobody waits for them. Their errors come out when the runner is
 * stopped.
 *
 * JavaScript functions cannot leave their thread. So the tasks run on a runner that is attached to
 * the main context.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

function fail(runner, name) {
  const task = runner.create_task(() => {
    throw new Gio.IOErrorEnum({code: Gio.IOErrorEnum.FAILED, message: `The ${name} is empty`});
  });

  task.set_name(name);
}

function printFailedTasks(runner) {
  print(`${runner.get_n_failed_tasks()} tasks failed:`);
  for (const task of runner.get_failed_tasks())
    print(`${task.name}: ${task.dup_error_message()}`);
}

async function main() {
  const runner = ThreadedAsync.Runner.new_for_context(GLib.MainContext.default(), 'errors');

  runner.start();
  for (const name of ['fridge', 'purse', 'tank'])
    fail(runner, name);
  await runner.wait_for_next_iteration();

  try {
    await runner.stop();
    print('All went well');
  } catch (error) {
    if (!error.matches?.(ThreadedAsync.Error, ThreadedAsync.Error.TASKS_FAILED))
      throw error;
    printFailedTasks(runner);
  }
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`errors: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
