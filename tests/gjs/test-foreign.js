/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whatever other threads do, everything that comes to JavaScript comes in its own thread. */

import Gio from 'gi://Gio?version=2.0';
import System from 'system';
import TaProbe from 'gi://TaProbe?version=1';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test, until} from './harness.js';

const N = 100000;
const N_CALLS = 9000;

TaProbe.mark_thread();

/* Counts the calls of a handler, and those in another thread. */
class Witness {
  constructor() {
    this.n = 0;
    this.nElsewhere = 0;
    this.last = undefined;
  }

  see(value) {
    this.n++;
    if (!TaProbe.is_marked_thread())
      this.nElsewhere++;
    this.last = value;
  }
}

test('a flood from four threads', async () => {
  const queue = ThreadedAsync.Queue.new(256);
  const event = ThreadedAsync.Event.new();
  const witnesses = {};
  const watch = (object, signal, read) => {
    const witness = new Witness();
    witnesses[signal] = witness;
    object.connect(signal, () => witness.see(read()));
  };
  const got = new Witness();
  let sum = 0;

  const called = new Witness();
  for (let i = 0; i < N_CALLS; i++)
    TaProbe.add_call(() => called.see(i));
  const task = ThreadedAsync.Runner.main.create_task(promise => {
    TaProbe.flood(queue, event, promise, N);
    return new Promise(() => {}); // the flood returns the promise
  });
  watch(event, 'notify::is-set', () => event.is_set);
  watch(queue, 'items-available', () => true);
  watch(queue, 'space-available', () => true);
  watch(queue, 'notify::closed', () => queue.closed);
  watch(task, 'notify::progress', () => task.progress);
  watch(task, 'notify::status', () => task.status);
  watch(task, 'notify::done', () => task.done);

  // The completions of C, each of which comes by the main loop.
  await new Promise((resolve, reject) => {
    const next = () => queue.get_async(-1, null, (_source, result) => {
      try {
        const [, number] = queue.get_finish(result);
        got.see(number);
        sum += number;
        if (got.n % 10000 === 0)
          System.gc();
        next();
      } catch (error) {
        if (error.matches(ThreadedAsync.Error, ThreadedAsync.Error.CLOSED))
          resolve();
        else
          reject(error);
      }
    });
    next();
  });
  const n = TaProbe.get_n_flooded();

  assertEqual(await task.wait(), n);
  assertEqual(got.n, n);
  assertEqual(n > 256, true);
  assertEqual(sum, n * (n - 1) / 2);
  assertEqual(got.nElsewhere, 0);
  assertEqual(TaProbe.get_n_destroyed(), N_CALLS);
  assertEqual(TaProbe.get_n_destroyed_elsewhere(), 0);
  assertEqual(called.n, TaProbe.get_n_called());
  assertEqual(called.n >= N_CALLS * 2 / 3, true);
  assertEqual(called.nElsewhere, 0);
  await until(() => witnesses['notify::done'].n > 0 && witnesses['notify::closed'].n > 0 &&
    witnesses['notify::status'].last === 'over');
  for (const [signal, witness] of Object.entries(witnesses)) {
    assertEqual(witness.nElsewhere, 0);
    if (signal !== 'space-available')
      assertEqual(witness.n > 0, true);
  }
  assertEqual(witnesses['notify::is-set'].last, true);
  assertEqual(witnesses['notify::progress'].last, 1);
  assertEqual(witnesses['notify::closed'].n, 1);
  assertEqual(witnesses['notify::done'].n, 1);
});

test('waits that another thread cancels end here', async () => {
  const event = ThreadedAsync.Event.new();
  const cancellable = new Gio.Cancellable();
  const witness = new Witness();
  const waits = Array.from({length: 1000}, () => event.wait({cancellable})
    .finally(() => witness.see()));

  TaProbe.cancel_elsewhere(cancellable);
  for (const wait of waits)
    await assertFails(wait, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
  assertEqual(witness.n, waits.length);
  assertEqual(witness.nElsewhere, 0);
});

run();
