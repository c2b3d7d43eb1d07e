/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Methods that block, called on a runner. */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import TaProbe from 'gi://TaProbe?version=1';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, assertThrows, run, test, until} from './harness.js';

const {CANCELLED, INVALID_ARGUMENT, NOT_FOUND, NOT_SUPPORTED, TIMED_OUT} = Gio.IOErrorEnum;
const {NOT_RUNNING, WRONG_TYPE} = ThreadedAsync.Error;
const runner = ThreadedAsync.Runner.new('caller');

runner.start();

test('a method of an object, here of a file', async () => {
  const [file] = Gio.File.new_tmp(null);

  try {
    await runner.call(file, 'replace_contents', new TextEncoder().encode('text'), null, false,
      Gio.FileCreateFlags.NONE);
    const [bytes, etag] = await runner.call(file, 'load_bytes');
    assertEqual(new TextDecoder().decode(bytes.toArray()), 'text');
    assertEqual(typeof etag, 'string');
  } finally {
    file.delete(null);
  }
});

test('a constructor and a method that wait for another process', async () => {
  const {STDIN_PIPE, STDOUT_PIPE} = Gio.SubprocessFlags;
  const process = await runner.call(Gio.Subprocess, 'new', ['cat'], STDIN_PIPE | STDOUT_PIPE);

  assertEqual(process instanceof Gio.Subprocess, true);
  const [out, err] = await runner.call(process, 'communicate_utf8', 'there and back');
  assertEqual(out, 'there and back');
  assertEqual(err, null);
});

test('a function of a namespace, by the namespace or its name', async () => {
  const args = [GLib.ChecksumType.SHA256, new GLib.Bytes(new TextEncoder().encode('abc'))];

  for (const target of [GLib, 'GLib']) {
    assertEqual(await runner.call(target, 'compute_checksum_for_bytes', ...args),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  }
});

test('a static function of a class, a type, or its name', async () => {
  for (const target of [Gio.File, Gio.File.$gtype, 'Gio.File'])
    assertEqual((await runner.call(target, 'new_for_path', '/usr')).get_path(), '/usr');
});

test('an item of a queue is the value that JavaScript has put in', async () => {
  const queue = ThreadedAsync.Queue.new(0);
  const value = {a: 1};

  queue.try_put(value);
  assertEqual(await runner.call(queue, 'try_get'), value);
});

test('a box is for values of libraries', async () => {
  for (const value of [undefined, null, {}, [], () => 1]) {
    // eslint-disable-next-line no-await-in-loop
    await assertThrows(() => ThreadedAsync.Box.of(value), TypeError, 'library');
  }
});

test('what would free something that JavaScript has is refused', async () => {
  await assertFails(runner.call(new Gio.Cancellable(), 'unref'), Gio.IOErrorEnum, NOT_SUPPORTED);
});

test('a method that changes what it is called on, in a box', async () => {
  const box = ThreadedAsync.Box.of(GLib.Checksum.new(GLib.ChecksumType.SHA256));

  for (const letter of ['a', 'b', 'c'])
    await runner.call(box, 'update', new TextEncoder().encode(letter));
  assertEqual(await runner.call(box, 'get_string'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('values of all kinds', async () => {
  const action = Gio.SimpleAction.new('action', null);
  const probe = (name, ...args) => runner.call(TaProbe, name, ...args);

  assertEqual(await probe('int8', -128), -128);
  assertEqual(await probe('uint32', 2 ** 32 - 1), 2 ** 32 - 1);
  assertEqual(await probe('int64', -(2 ** 53) + 1), -(2 ** 53) + 1);
  assertEqual(await probe('int64', -5n), -5);
  assertEqual(await probe('real64', 0.1), 0.1);
  assertEqual(await probe('real64', 3), 3);
  assertEqual(await probe('boolean', true), true);
  assertEqual(await probe('colour', TaProbe.Colour.BLUE), TaProbe.Colour.BLUE);
  assertEqual(await probe('flags', Gio.FileCopyFlags.BACKUP), Gio.FileCopyFlags.BACKUP);
  assertEqual((await probe('gtype', Gio.File)).name, 'GFile');
  assertEqual(await probe('string', 'zwölf'), 'zwölf');
  assertEqual(await probe('string_or_null', null), null);
  assertEqual(await probe('string_or_null', undefined), null);
  assertEqual(await probe('object', action), action);
  assertEqual((await probe('boxed', GLib.DateTime.new_utc(2026, 5, 4, 3, 2, 1))).get_year(), 2026);
  assertEqual((await probe('variant', new GLib.Variant('s', 'v'))).unpack(), 'v');
  assertEqual((await probe('strv', ['a', '', 'c'])).join(), 'a,,c');
  assertEqual((await probe('strv', [])).length, 0);
  assertEqual((await probe('bytes', new Uint8Array([1, 2, 3]))).toArray().join(), '1,2,3');
  assertEqual(await probe('nothing'), null);
  assertEqual((await probe('numbers', 1, 2, 3, 4, 5, 6, 7, 8, 9.5, 10.5)).join(),
    '1,2,3,4,5,6,7,8,9.5,10.5');
});

test('the error of the method is a GLib.Error', async () => {
  const file = Gio.File.new_for_path('/nowhere/at/all');
  const error = await assertFails(runner.call(file, 'load_bytes'), Gio.IOErrorEnum, NOT_FOUND);

  assertEqual(error.message.includes('/nowhere/at/all'), true);
});

test('what cannot be called is refused by its name', async () => {
  const file = Gio.File.new_for_path('/');
  const fails = async (domain, code, text, ...call) => {
    const error = await assertFails(runner.call(...call), domain, code);
    assertEqual(error.message.includes(text), true);
  };

  await fails(Gio.IOErrorEnum, NOT_SUPPORTED, 'callback', file, 'load_bytes_async', null);
  await fails(Gio.IOErrorEnum, NOT_SUPPORTED, 'number', TaProbe, 'in_out', 1);
  await fails(Gio.IOErrorEnum, NOT_SUPPORTED, 'pointer', TaProbe, 'pointer', null);
  await fails(Gio.IOErrorEnum, NOT_FOUND, 'no_such_method', file, 'no_such_method');
  await fails(Gio.IOErrorEnum, INVALID_ARGUMENT, 'number', TaProbe, 'int32');
  await fails(ThreadedAsync.Error, WRONG_TYPE, 'number', TaProbe, 'int32', 'text');
  await fails(ThreadedAsync.Error, WRONG_TYPE, 'number', TaProbe, 'int32', 0.5);
  assertEqual(TaProbe.get_n_forbidden(), 0);
});

test('what would have JavaScript run in the other thread is refused', async () => {
  const Derived = GObject.registerClass(class Derived extends Gio.InputStream {});
  const Named = GObject.registerClass({GTypeName: 'TaTestNamed'},
    class extends GObject.Object {});

  for (const call of [
    [TaProbe, 'callback', () => {}],
    [TaProbe, 'object', new Derived()],
    [TaProbe, 'object', new Named()],
    [new Derived(), 'read_bytes', 10],
    [Derived, 'new'],
  ])
    await assertThrows(() => runner.call(...call), TypeError, 'JavaScript');
});

test('what is nothing for a library is refused', async () => {
  for (const value of [{}, [1], new Map(), Symbol.iterator])
    await assertThrows(() => runner.call(TaProbe, 'object', value), Error, '');
  for (const target of [null, undefined, 1, {}, () => {}])
    await assertThrows(() => runner.call(target, 'method'), TypeError, 'called on');
});

test('options in place of the arguments are refused', async () => {
  for (const args of [{timeout: 1}, {cancellable: null}, 1, 'text', null])
    await assertThrows(() => runner.call_method(TaProbe, 'int32', args), TypeError, 'in an array');
});

test('to cancel ends the call, and the method', async () => {
  const cancellable = new Gio.Cancellable();
  const call = runner.call_method(TaProbe, 'wait', [], {cancellable});

  await until(() => TaProbe.get_n_waiting() === 1);
  cancellable.cancel();
  await assertFails(call, Gio.IOErrorEnum, CANCELLED);
  assertEqual(await runner.call(TaProbe, 'int32', 1), 1);
  assertEqual(TaProbe.get_n_waiting(), 0);
});

test('a call has a time-out in seconds', async () => {
  await assertFails(runner.call_method(TaProbe, 'wait', [], {timeout: 0.01}),
    Gio.IOErrorEnum, TIMED_OUT);
  assertEqual(await runner.call(TaProbe, 'int32', 1), 1);
});

test('the main loop goes on meanwhile', async () => {
  const cancellable = new Gio.Cancellable();
  const call = runner.call_method(TaProbe, 'wait', [], {cancellable});
  let nTurns = 0;

  await until(() => nTurns++ > 20);
  assertEqual(TaProbe.get_n_waiting(), 1);
  cancellable.cancel();
  await assertFails(call, Gio.IOErrorEnum, CANCELLED);
});

test('a runner that stops cancels the method', async () => {
  const stopped = ThreadedAsync.Runner.new('stopped');

  stopped.start();
  const call = stopped.call(TaProbe, 'wait');
  call.catch(() => {});
  await until(() => TaProbe.get_n_waiting() === 1);
  await stopped.stop({timeout: 1});
  await assertFails(call, Gio.IOErrorEnum, CANCELLED);
  assertEqual(TaProbe.get_n_waiting(), 0);
  await assertFails(stopped.call(TaProbe, 'nothing'), ThreadedAsync.Error, NOT_RUNNING);
});

run();
