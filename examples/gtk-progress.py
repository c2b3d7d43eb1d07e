#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""gtk-progress.py [FOLDER]: shows the SHA-256 of every file in a folder.

Each file is a task in the background, which tells how far it is. All that the window does is to
bind the properties of the tasks to its widgets.
"""

import asyncio
import hashlib
import os
import sys

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GObject, Gtk, ThreadedAsync  # noqa: E402

CHUNK = 256 * 1024

# The work. These functions run in the runner's thread.


async def checksum(promise, path):
    checksum = hashlib.sha256()
    try:
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            while chunk := await asyncio.to_thread(stream.read, CHUNK):
                if promise.return_error_if_cancelled():
                    return
                checksum.update(chunk)
                promise.set_progress(stream.tell() / size)
        promise.set_progress(1)
        promise.set_status(checksum.hexdigest())
        promise.return_value(checksum.hexdigest())
    except OSError as error:
        promise.return_error(error)


def start(task, path):
    asyncio.ensure_future(checksum(task.take_promise(), path))


# The window. From here on everything runs in the main thread.


def create_row(info, runner):
    task = runner.create_task(start, info.get_attribute_object("standard::file").get_path())
    name = Gtk.Label(label=info.get_display_name(), xalign=0, width_chars=20)
    bar = Gtk.ProgressBar(hexpand=True, valign=Gtk.Align.CENTER)
    cancel = Gtk.Button(label="Cancel")
    status = Gtk.Label(halign=Gtk.Align.START, css_classes=["monospace"])
    error = Gtk.Label(halign=Gtk.Align.START, css_classes=["error"])
    row = Gtk.Grid(column_spacing=12)

    row.attach(name, 0, 0, 1, 1)
    row.attach(bar, 1, 0, 1, 1)
    row.attach(cancel, 2, 0, 1, 1)
    # One of them is always empty.
    row.attach(status, 0, 1, 3, 1)
    row.attach(error, 0, 1, 3, 1)

    create = GObject.BindingFlags.SYNC_CREATE
    task.bind_property("progress", bar, "fraction", create)
    task.bind_property("status", status, "label", create)
    task.bind_property("error-message", error, "label", create)
    task.bind_property("done", cancel, "sensitive", create | GObject.BindingFlags.INVERT_BOOLEAN)
    # The work ends with the row, such as when another folder is opened.
    cancel.connect("clicked", lambda _cancel: task.cancel())
    row.connect("destroy", lambda _row: task.cancel())

    return row


def show_folder(listbox, folder, runner):
    files = Gtk.DirectoryList.new("standard::name,standard::display-name", None)
    files.set_monitored(False)
    files.set_file(folder)
    listbox.bind_model(files, create_row, runner)


def open_window(app, runner):
    window = Gtk.ApplicationWindow(
        application=app, title="Checksums", default_width=640, default_height=400
    )
    listbox = Gtk.ListBox()
    dialog = Gtk.FileChooserNative(
        title="Open a Folder",
        transient_for=window,
        modal=True,
        action=Gtk.FileChooserAction.SELECT_FOLDER,
    )
    button = Gtk.Button(label="Open…")
    header = Gtk.HeaderBar()

    def on_response(dialog, response):
        if response == Gtk.ResponseType.ACCEPT:
            show_folder(listbox, dialog.get_file(), runner)

    dialog.connect("response", on_response)
    button.connect("clicked", lambda _button: dialog.show())
    header.pack_start(button)
    window.set_titlebar(header)
    window.set_child(Gtk.ScrolledWindow(child=listbox))
    window.present()

    return listbox


def main():
    app = Gtk.Application(
        application_id="org.example.GtkProgress",
        flags=Gio.ApplicationFlags.HANDLES_OPEN | Gio.ApplicationFlags.NON_UNIQUE,
    )
    # At the end it cancels what is left, and waits for its end.
    with ThreadedAsync.Runner("checksums") as runner:
        app.connect("activate", lambda app: open_window(app, runner))
        app.connect(
            "open",
            lambda app, files, *_: show_folder(open_window(app, runner), files[0], runner),
        )
        return app.run(sys.argv)


sys.exit(main())
