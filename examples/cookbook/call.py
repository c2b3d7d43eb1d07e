#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""call.py: a thread that may block calls a function in the main loop, and waits for its return."""

import threading

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, ThreadedAsync  # noqa: E402


def show(text):
    is_main = threading.current_thread() is threading.main_thread()
    print(f"{'main' if is_main else 'another'} thread: {text}")


def work(loop):
    main = ThreadedAsync.Runner.get_default()
    main.call_in_loop(show, "half of it is done")
    main.call_in_loop(show, "all of it is done")
    main.call_in_loop(loop.quit)


loop = GLib.MainLoop()
threading.Thread(target=work, args=(loop,)).start()
loop.run()
