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


def show_in_main_loop(text):
    runner = ThreadedAsync.Runner.get_default()
    runner.call_in_loop(show, text, ThreadedAsync.TIMEOUT_INFINITE, None)


def work(loop):
    try:
        show_in_main_loop("half of it is done")
        show_in_main_loop("all of it is done")
    finally:
        loop.quit()


def main():
    loop = GLib.MainLoop()
    thread = threading.Thread(target=work, args=(loop,))
    thread.start()
    loop.run()
    thread.join()


main()
