#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""timeout.py: a wait that does not take for ever, and the result that comes after all."""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GLib, ThreadedAsync  # noqa: E402


def wait_for_answer(answer):
    try:
        _ok, number = answer.wait(50_000, None)
        print(f"The answer is {number}")
    except GLib.Error as error:
        if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT):
            print("There is no answer yet")
        else:
            print(f"There will be no answer: {error.message}")


def main():
    promise = ThreadedAsync.Promise.new()
    answer = promise.get_future()

    wait_for_answer(answer)
    promise.return_int(42)
    wait_for_answer(answer)


main()
