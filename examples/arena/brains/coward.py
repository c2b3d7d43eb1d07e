# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs away from whoever is nearest, and along the wall when there is no other way."""

import math


async def main(me):
    while others := await me.look():
        distance, angle = others[0]
        if distance > 50:
            await me.shoot(angle)
        elif not await me.move(angle + math.pi):
            await me.move(angle + math.pi / 2)
