/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The override is there however the library is imported. */

import Gio from 'gi://Gio?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, run, test} from './harness.js';

Gio._promisify(Gio.Subprocess.prototype, 'communicate_utf8_async', 'communicate_utf8_finish');

test('gi:// and imports.gi are the same', async () => {
  assertEqual(imports.gi.ThreadedAsync, ThreadedAsync);
  assertEqual(typeof ThreadedAsync.Queue.prototype.get, 'function');
});

const scripts = {
  'imports.gi': [
    '-c', `imports.gi.versions.ThreadedAsync = '1';
      const {GLib, ThreadedAsync} = imports.gi;
      const loop = new GLib.MainLoop(null, false);
      const task = ThreadedAsync.Runner.main.create_task(async () => ({answer: 42}));
      task.wait().then(result => print(result.answer)).finally(() => loop.quit());
      loop.run();`,
  ],
};

for (const [name, args] of Object.entries(scripts)) {
  test(`a program with ${name}`, async () => {
    const process = Gio.Subprocess.new(['gjs', ...args], Gio.SubprocessFlags.STDOUT_PIPE);
    const [output] = await process.communicate_utf8_async(null, null);

    assertEqual(output, '42\n');
    assertEqual(process.get_exit_status(), 0);
  });
}

run();
