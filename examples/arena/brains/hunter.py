# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Goes for whoever is nearest, and shoots when it is near enough."""


async def main(me):
    while others := await me.look():
        distance, angle = others[0]
        if distance < 25:
            await me.shoot(angle)
        else:
            await me.move(angle)
