#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * gtk-progress.js [FOLDER]: shows the SHA-256 of every file in a folder.
 *
 * Each file is a task, which tells how far it is. All that the window does is to bind the
 * properties of the tasks to its widgets. JavaScript cannot leave its thread, so that the tasks run
 * in that of the window; GIO reads the files in threads of its own.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Gtk from 'gi://Gtk?version=4.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

Gio._promisify(Gio.File.prototype, 'read_async');
Gio._promisify(Gio.FileInputStream.prototype, 'query_info_async');
Gio._promisify(Gio.InputStream.prototype, 'read_bytes_async');

const CHUNK = 64 * 1024;
const DEFAULT = GLib.PRIORITY_DEFAULT;

const runner = ThreadedAsync.Runner.main;

async function checksum(file, promise) {
  const cancellable = promise.get_cancellable();
  const sum = new GLib.Checksum(GLib.ChecksumType.SHA256);
  const stream = await file.read_async(DEFAULT, cancellable);
  const info = await stream.query_info_async('standard::size', DEFAULT, cancellable);
  let nRead = 0;

  for (;;) {
    const bytes = await stream.read_bytes_async(CHUNK, DEFAULT, cancellable);
    if (bytes.get_size() === 0)
      break;
    sum.update(bytes.toArray());
    nRead += bytes.get_size();
    promise.set_progress(nRead / info.get_size());
  }

  promise.set_progress(1);
  promise.set_status(sum.get_string());
  return sum.get_string();
}

function createRow(info) {
  const file = info.get_attribute_object('standard::file');
  const task = runner.create_task(promise => checksum(file, promise));
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
System.exit(app.run([System.programInvocationName, ...System.programArgs]));
