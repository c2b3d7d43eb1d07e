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

Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');

const N_STEPS = 10;

function sleep(microseconds, cancellable) {
  return new Promise((resolve, reject) => {
    ThreadedAsync.sleep_async(microseconds, cancellable, (_source, result) => {
      try {
        resolve(ThreadedAsync.sleep_finish(result));
      } catch (error) {
        reject(error);
      }
    });
  });
}

async function work(promise) {
  for (let n = 1; n <= N_STEPS; n++) {
    await sleep(10000, promise.get_cancellable());
    promise.set_progress(n / N_STEPS);
    promise.set_status(`Step ${n} of ${N_STEPS}`);
  }
}

function startWork(task) {
  const promise = task.take_promise();

  work(promise).then(() => {
    promise.return_int(N_STEPS);
  }).catch(error => {
    promise.return_error(error);
  });
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
    this.task = ThreadedAsync.Runner.get_default().create_task(startWork);
    this.task.bind_property('progress', this.bar, 'fraction', GObject.BindingFlags.SYNC_CREATE);

    try {
      const [nSteps] = await this.task.wait_async(ThreadedAsync.TIMEOUT_INFINITE, null);
      print(`Done after ${nSteps} steps`);
    } catch (error) {
      if (error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED))
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
