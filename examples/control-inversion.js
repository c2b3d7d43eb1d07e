#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * control-inversion.js: a client asks a server to increment the numbers 0 to 9, one after the
 * other, and prints each answer. The server decides how far it gets: it handles three requests.
 *
 * JavaScript functions cannot leave their thread. So the client runs on the runner that is attached
 * to the main context, and the server lets it run while it waits. The same server could just as
 * well answer clients in the background that are written in C or in Python.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

/* The client's side. */
async function count(client, cancellable) {
  for (let number = 0; number < 10; number++) {
    const answer = await client.execute_method('increment', [number], {}, {cancellable});
    print(`Client got: ${answer}`);
  }
}

/* The server's side. */
async function main() {
  const server = ThreadedAsync.Server.new('control-inversion');
  const client = ThreadedAsync.Client.new(server, ThreadedAsync.Runner.main);
  const cancellable = new Gio.Cancellable();

  server.handle('increment', number => number + 1);
  const ended = count(client, cancellable).catch(error => {
    if (!error.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED))
      throw error;
  });

  for (let i = 0; i < 3; i++)
    await server.process();

  // The client waits for the fourth answer, until it is cancelled.
  cancellable.cancel();
  await ended;
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`control-inversion: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
