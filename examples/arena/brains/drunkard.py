# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Staggers along, and shoots at where it looked last. It does two things at once."""

import asyncio
import math


async def stagger(me):
    while True:
        await me.move(me.random.uniform(-math.pi, math.pi))


async def shoot(me):
    while others := await me.look():
        _distance, angle = me.random.choice(others)
        await me.shoot(angle)


async def main(me):
    await asyncio.gather(stagger(me), shoot(me))
