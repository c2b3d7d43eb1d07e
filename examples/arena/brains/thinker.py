# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Thinks for ever after some steps: it is stuck, and keeps nobody waiting."""


async def main(me):
    for _ in range(20):
        await me.move(me.random.uniform(-3, 3))
    while True:
        pass
