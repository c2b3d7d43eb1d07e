#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* progress.js: a task that shows how far it is, and can be cancelled. A small object stands for the
 * progress bar of a window. */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

const N_STEPS = 10;

async function work(promise) {
  for (let n = 1; n <= N_STEPS; n++) {
    await ThreadedAsync.sleep(0.01, promise.get_cancellable());
    promise.set_progress(n / N_STEPS);
    promise.set_status(`Step ${n} of ${N_STEPS}`);
  }
  return N_STEPS;
}

const Bar = GObject.registerClass({
  Properties: {
    fraction: GObject.ParamSpec.double('fraction', '', '', GObject.ParamFlags.READWRITE, 0, 1, 0),
  },
}, class Bar extends GObject.Object {});

class Window {
  constructor() {
    this.bar = new Bar();
  }

  async onStartClicked() {
    this.task = ThreadedAsync.Runner.main.create_task(work);
    this.task.bind_property('progress', this.bar, 'fraction', GObject.BindingFlags.SYNC_CREATE);

    try {
      print(`Done after ${await this.task.wait()} steps`);
    } catch (error) {
      if (error.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED))
        print('Cancelled');
      else
        print(`It did not work: ${error.message}`);
    }
  }

  onCancelClicked() {
    this.task.cancel();
  }
}

async function main() {
  const window = new Window();

  await window.onStartClicked();
  print(`The bar is at ${100 * window.bar.fraction} %`);

  const started = window.onStartClicked();
  window.onCancelClicked();
  await started;
}

const loop = new GLib.MainLoop(null, false);

main().catch(error => logError(error)).finally(() => loop.quit());
loop.run();
