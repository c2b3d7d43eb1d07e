#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""timeout.py: a wait that does not take for ever, and the result that comes after all."""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402


def wait_for_answer(answer):
    try:
        print(f"The answer is {answer.wait(timeout=0.05)}")
    except TimeoutError:
        print("There is no answer yet")


promise = ThreadedAsync.Promise()
answer = promise.future

wait_for_answer(answer)
promise.return_value(42)
wait_for_answer(answer)
