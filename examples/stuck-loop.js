#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * stuck-loop.js: a runner calls a function that does not come back. The stop takes no longer than
 * it may, and says how it went.
 *
 * JavaScript functions cannot leave their thread, so that it is one of a library that is stuck.
 */

import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

const HOUR_US = 3600 * 1000000;

async function main() {
  const runner = ThreadedAsync.Runner.new('stuck-loop');

  runner.start();
  const call = runner.call(GLib, 'usleep', HOUR_US);

  try {
    await runner.stop({timeout: 0.5});
  } catch (error) {
    printerr(`stuck-loop: ${error.message}`);
  }
  print(GObject.enum_to_string(ThreadedAsync.ShutdownType, runner.shutdown_type));

  // Whoever waits for the call is told.
  try {
    await call;
  } catch (error) {
    printerr(`stuck-loop: ${error.message}`);
  }
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`stuck-loop: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
