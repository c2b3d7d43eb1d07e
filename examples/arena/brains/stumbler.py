# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Has a fault that shows after a while."""


async def main(me):
    for steps_left in range(40, -1, -1):
        await me.move(1 / steps_left)
