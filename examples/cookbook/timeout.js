#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* timeout.js: a wait that does not take for ever, and the result that comes after all. */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

async function waitForAnswer(answer) {
  try {
    print(`The answer is ${await answer.wait({timeout: 0.05})}`);
  } catch (error) {
    if (error.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT))
      print('There is no answer yet');
    else
      print(`There will be no answer: ${error.message}`);
  }
}

async function main() {
  const promise = ThreadedAsync.Promise.new();
  const answer = promise.get_future();

  await waitForAnswer(answer);
  promise.return_int(42);
  await waitForAnswer(answer);
}

const loop = new GLib.MainLoop(null, false);

main().catch(error => logError(error)).finally(() => loop.quit());
loop.run();
