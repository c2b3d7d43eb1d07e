#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * gtk-progress.js [FOLDER]: shows the SHA-256 of every file in a folder.
 *
 * Each file is a task, which tells how far it is. All that the window does is to bind the
 * properties of the tasks to its widgets. JavaScript cannot leave its thread, so that the tasks
 * themselves run in that of the window; what takes its time, to read a file and to compute its
 * checksum, are calls in the thread of a runner.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Gtk from 'gi://Gtk?version=4.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

const CHUNK = 64 * 1024;

const hasher = ThreadedAsync.Runner.new('checksums');

/* Calls a method in the thread of the hasher; only the result comes back. */
function call(promise, object, method, ...args) {
  return hasher.call_method(object, method, args, {cancellable: promise.get_cancellable()});
}

async function checksum(file, promise) {
  const sum = ThreadedAsync.Box.of(GLib.Checksum.new(GLib.ChecksumType.SHA256));
  const stream = await call(promise, file, 'read');
  const info = await call(promise, stream, 'query_info', 'standard::size');
  let nRead = 0;

  for (;;) {
    const bytes = await call(promise, stream, 'read_bytes', CHUNK);
    if (bytes.get_size() === 0)
      break;
    await call(promise, sum, 'update', bytes);
    nRead += bytes.get_size();
    promise.set_progress(nRead / info.get_size());
  }

  const text = await call(promise, sum, 'get_string');
  promise.set_progress(1);
  promise.set_status(text);
  return text;
}

function createRow(info) {
  const file = info.get_attribute_object('standard::file');
  const task = ThreadedAsync.Runner.main.create_task(promise => checksum(file, promise));
  const name = new Gtk.Label({label: info.get_display_name(), xalign: 0, width_chars: 20});
  const bar = new Gtk.ProgressBar({hexpand: true, valign: Gtk.Align.CENTER});
  const cancel = new Gtk.Button({label: 'Cancel'});
  const status = new Gtk.Label({halign: Gtk.Align.START, css_classes: ['monospace']});
  const error = new Gtk.Label({halign: Gtk.Align.START, css_classes: ['error']});
  const row = new Gtk.Grid({column_spacing: 12});

  row.attach(name, 0, 0, 1, 1);
  row.attach(bar, 1, 0, 1, 1);
  row.attach(cancel, 2, 0, 1, 1);
  // One of them is always empty.
  row.attach(status, 0, 1, 3, 1);
  row.attach(error, 0, 1, 3, 1);

  const {SYNC_CREATE, INVERT_BOOLEAN} = GObject.BindingFlags;
  task.bind_property('progress', bar, 'fraction', SYNC_CREATE);
  task.bind_property('status', status, 'label', SYNC_CREATE);
  task.bind_property('error-message', error, 'label', SYNC_CREATE);
  task.bind_property('done', cancel, 'sensitive', SYNC_CREATE | INVERT_BOOLEAN);
  cancel.connect('clicked', () => task.cancel());

  return {row, task};
}

class Window {
  constructor(app) {
    this.tasks = [];
    this.list = new Gtk.ListBox();
    this.window = new Gtk.ApplicationWindow({
      application: app,
      title: 'Checksums',
      default_width: 640,
      default_height: 400,
      titlebar: new Gtk.HeaderBar(),
      child: new Gtk.ScrolledWindow({child: this.list}),
    });
    this.dialog = new Gtk.FileChooserNative({
      title: 'Open a Folder',
      transient_for: this.window,
      modal: true,
      action: Gtk.FileChooserAction.SELECT_FOLDER,
    });

    const button = new Gtk.Button({label: 'Open…'});
    button.connect('clicked', () => this.dialog.show());
    this.window.titlebar.pack_start(button);
    this.dialog.connect('response', (dialog, response) => {
      if (response === Gtk.ResponseType.ACCEPT)
        this.showFolder(dialog.get_file());
    });
    this.window.connect('close-request', () => this.cancel());
    this.window.present();
  }

  // Handlers of “destroy” come too late for JavaScript, when its objects may be gone.
  cancel() {
    this.tasks.forEach(task => task.cancel());
    this.tasks = [];
    return false;
  }

  showFolder(folder) {
    const files = Gtk.DirectoryList.new('standard::name,standard::display-name', null);

    this.cancel();
    files.monitored = false;
    files.file = folder;
    this.list.bind_model(files, info => {
      const {row, task} = createRow(info);
      this.tasks.push(task);
      return row;
    });
  }
}

const app = new Gtk.Application({
  application_id: 'org.example.GtkProgress',
  flags: Gio.ApplicationFlags.HANDLES_OPEN | Gio.ApplicationFlags.NON_UNIQUE,
});

app.connect('activate', () => new Window(app));
app.connect('open', (_app, [folder]) => new Window(app).showFolder(folder));

hasher.start();
const status = app.run([System.programInvocationName, ...System.programArgs]);
hasher.stop_blocking(); // cancels what is left, and waits for its end
System.exit(status);
