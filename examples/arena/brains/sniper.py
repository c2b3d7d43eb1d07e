# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Stands still, and waits for somebody to come."""


async def main(me):
    while others := await me.look():
        distance, angle = others[0]
        if distance < 30:
            await me.shoot(angle)
