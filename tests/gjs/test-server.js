/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Servers, clients and requests. */

import GObject from 'gi://GObject?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Gio from 'gi://Gio?version=2.0';
import System from 'system';
import TaProbe from 'gi://TaProbe?version=1';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';
import {assertEqual, assertFails, assertThrows, run, test} from './harness.js';

function makeClient(server) {
  return ThreadedAsync.Client.new(server, ThreadedAsync.Runner.main);
}

async function ask(client, n, answers) {
  for (let i = 0; i < n; i++)
    answers.push(await client.execute('increment', i)); // eslint-disable-line no-await-in-loop
  return 'done';
}

test('exactly the requests that were made', async () => {
  const server = ThreadedAsync.Server.new('exact');
  const answers = [];

  server.handle('increment', number => number + 1);
  const script = ask(makeClient(server), 20, answers);
  for (let i = 1; i <= 20; i++) {
    assertEqual(await server.process(), true); // eslint-disable-line no-await-in-loop
    assertEqual(answers.length, i);
    assertEqual(answers[i - 1], i);
  }
  assertEqual(await server.process(), false);
  assertEqual(await script, 'done');
});

test('arguments of any kind keep their identity', async () => {
  const server = ThreadedAsync.Server.new('values');
  const values = [{a: 1}, [1, 2], () => 1, new Map(), 1.5, 'text', null, undefined, 2n ** 62n,
    2n ** 70n, new GLib.Bytes([1]), new GLib.Variant('i', 1), Gio.File, Gio.File.$gtype,
    new GLib.Error(Gio.IOErrorEnum, 1, 'x'), Symbol('s'), Promise.resolve(1), 'a\0b', NaN];
  const named = {first: {}, 'ünï': 'cöde'};
  let seen = null;

  server.connect('handle-request', (_server, request) => {
    seen = {method: request.method, args: request.args, named: request.named};
    request.take_promise().return_value(request.named.first);
    return true;
  });
  const answer = makeClient(server).execute_method('anything', values, named);
  System.gc();
  assertEqual(await server.process(), true);
  assertEqual(await answer, named.first);
  assertEqual(seen.method, 'anything');
  assertEqual(seen.args.length, values.length);
  for (const [i, value] of values.entries())
    assertEqual(seen.args[i], value);
  assertEqual(Object.keys(seen.named).join(), Object.keys(named).join());
  assertEqual(seen.named['ünï'], 'cöde');
});

test('what a handler throws is thrown at the client', async () => {
  const server = ThreadedAsync.Server.new('trouble');
  const trouble = new RangeError('no way');

  server.handle('fail', () => {
    throw trouble;
  });
  const answer = makeClient(server).execute('fail');
  assertEqual(await server.process(), true);
  assertEqual(await assertThrows(() => answer, RangeError, 'no way'), trouble);
});

test('a handler may answer later', async () => {
  const server = ThreadedAsync.Server.new('later');
  let resolve = null;

  server.handle('later', () => new Promise(func => (resolve = func)));
  const answer = makeClient(server).execute('later');
  assertEqual(await server.process(), true);
  resolve('at last');
  assertEqual(await answer, 'at last');
});

test('named arguments in place of the others are refused', async () => {
  const server = ThreadedAsync.Server.new('list');
  const client = makeClient(server);

  for (const args of [{power: 3}, 3, 'text', null]) {
    await assertThrows(() => client.execute_method('shoot', args), TypeError, 'in an array');
    await assertThrows(() => client.send('shoot', args), TypeError, "'shoot'");
  }
  assertEqual(server.get_n_pending(), 0);
});

test('a request that nobody handles fails', async () => {
  const server = ThreadedAsync.Server.new('nobody');
  const answer = makeClient(server).execute('unknown');

  assertEqual(await server.process(), true);
  const error = await assertFails(answer, ThreadedAsync.Error, ThreadedAsync.Error.UNHANDLED);
  assertEqual(error.message.includes('unknown'), true);
});

test('a handler that forgets the promise fails its client', async () => {
  const server = ThreadedAsync.Server.new('forgetful');

  server.connect('handle-request', () => true);
  const answer = makeClient(server).execute('anything');
  assertEqual(await server.process(), true);
  await assertFails(answer, ThreadedAsync.Error, ThreadedAsync.Error.DROPPED);
});

test('a wait that is cancelled takes the question back', async () => {
  const server = ThreadedAsync.Server.new('back');
  const cancellable = new Gio.Cancellable();
  const answer = makeClient(server).execute_method('anything', [], {}, {cancellable});

  assertEqual(server.get_n_pending(), 1);
  cancellable.cancel();
  await assertFails(answer, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
  assertEqual(server.get_n_pending(), 0);
  assertEqual(await server.process(), false);
});

const Doubler = GObject.registerClass(class Doubler extends ThreadedAsync.Server {
  vfunc_handle_request(request) {
    if (request.method !== 'double')
      return false;
    request.take_promise().return_value(request.args[0] * 2);
    return true;
  }
});

test('a class handles', async () => {
  const server = new Doubler({name: 'doubler'});
  const answer = makeClient(server).execute('double', 21);

  assertEqual(await server.process(), true);
  assertEqual(await answer, 42);
});

/* Native clients: in C, on a runner of their own. */

test('a server in the main loop answers native clients', async () => {
  const server = ThreadedAsync.Server.new('native');
  const runner = ThreadedAsync.Runner.new('native');
  const thread = [];

  runner.start();
  server.handle('increment', number => {
    thread.push(ThreadedAsync.Runner.main.is_in_loop());
    return number + 1;
  });
  const source = server.create_source();
  source.attach(null);

  const tasks = [];
  for (let i = 0; i < 5; i++)
    tasks.push(TaProbe.ask_repeatedly(ThreadedAsync.Client.new(server, runner), 'increment', 20));
  const sums = await Promise.all(tasks.map(task => task.wait()));
  // The sum of the answers 1 to 20.
  for (const sum of sums)
    assertEqual(sum, 210);
  assertEqual(thread.length, 100);
  assertEqual(thread.every(isMain => isMain), true);
  source.destroy();
  await runner.stop();
});

test('a server processes native clients one by one', async () => {
  const server = ThreadedAsync.Server.new('native');
  const runner = ThreadedAsync.Runner.new('native');
  let nHandled = 0;

  runner.start();
  server.handle('increment', number => number + 1);
  const task = TaProbe.ask_repeatedly(ThreadedAsync.Client.new(server, runner), 'increment', 10);
  while (server.process_blocking())
    nHandled++;
  assertEqual(nHandled, 10);
  assertEqual(await task.wait(), 55);
  await runner.stop();
});

test('a native server answers clients in JavaScript', async () => {
  const server = TaProbe.server_new();
  const answers = [];
  const script = ask(makeClient(server), 5, answers);

  while (await server.process()) // eslint-disable-line no-await-in-loop
    continue;
  assertEqual(await script, 'done');
  assertEqual(answers.join(), '1,2,3,4,5');
});

test('process_all() has a budget in seconds', async () => {
  const server = ThreadedAsync.Server.new('all');
  const runner = ThreadedAsync.Runner.new('all');

  runner.start();
  server.handle('increment', number => number + 1);
  const task = TaProbe.ask_repeatedly(ThreadedAsync.Client.new(server, runner), 'increment', 10);
  assertEqual(server.process_all(10), 10);
  assertEqual(await task.wait(), 55);
  await runner.stop();
});

run();
