# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The rules of the arena, and how scripts play by them.

Each bot has a brain: a script, of which main() runs as a coroutine on a runner of its own. It asks
for what it wants with a stub, and waits until the game has answered, which it does once for each
bot in a tick, in the order of the bots. So a match with the same seed goes the same way each time,
however quick the threads are; and a script that never comes back keeps only itself from playing.
"""

import importlib.util
import math
import random

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402

SIZE = 100.0
STEP = 2.5
RANGE = 30.0
DAMAGE = 8
HEALTH = 100

# A script that does not react for so many of its turns is stopped by force.
PATIENCE = 30


class Stub(ThreadedAsync.Client):
    """What a brain sees of its bot. Everything takes a turn."""

    def __init__(self, server, runner, seed):
        super().__init__(server, runner)
        self.random = random.Random(seed)

    async def look(self):
        """Where the others are, the nearest first: pairs of a distance and an angle."""
        return await self.execute("look")

    async def move(self, angle):
        """Goes a step, and returns whether there was no wall."""
        return await self.execute("move", angle)

    async def shoot(self, angle):
        """Shoots, and returns whether somebody was hit."""
        return await self.execute("shoot", angle)


class Bot:
    """One of those in the arena. Only the game's thread touches it."""

    def __init__(self, game, path, number):
        self.name = path.stem
        self.number = number
        self.x, self.y = game.random.uniform(10, SIZE - 10), game.random.uniform(10, SIZE - 10)
        self.health = HEALTH
        self.hits = 0
        self.n_missed = 0
        self.said = ""

        self.server = ThreadedAsync.Server(self.name)
        self.server.handle("look", lambda: game.look(self))
        self.server.handle("move", lambda angle: game.move(self, angle))
        self.server.handle("shoot", lambda angle: game.shoot(self, angle))
        self.runner = ThreadedAsync.Runner(self.name, exit_timeout=0.5)
        self.runner.start()
        self.stub = Stub(self.server, self.runner, game.random.random())
        self.task = self.runner.create_task(self._live(path))

    async def _live(self, path):
        # A script may do anything when it is loaded: so that is done on its own runner, too.
        spec = importlib.util.spec_from_file_location(f"brain_{self.name}", path)
        brain = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(brain)
        await brain.main(self.stub)

    @property
    def state(self):
        if self.health <= 0:
            return "shot"
        if self.said:
            return "dead"
        return "stuck" if self.n_missed else "alive"

    @property
    def plays(self):
        return self.health > 0 and not self.said

    def serve(self, timeout):
        """Gives the script its turn: whether it has made use of it."""
        try:
            if self.server.process(timeout):
                self.n_missed = 0
                return True
        except ThreadedAsync.WaitTimeoutError:
            pass
        if self.task.done:
            self._bury()
        else:
            self.n_missed += 1
            if self.n_missed > PATIENCE:
                self.stop()
                self.said = "did not react"
        return False

    def _bury(self):
        try:
            self.task.wait()
            self.said = "has nothing more to do"
        except BaseException as error:
            self.said = f"{type(error).__name__}: {error}"

    def stop(self):
        if not self.runner.running:
            return
        try:
            self.runner.stop()
        except Exception as error:
            # What its script failed with, or that it had to be given up.
            self.said = self.said or str(error)


class Game:
    """A match."""

    def __init__(self, brains, seed):
        self.random = random.Random(seed)
        self.tick = 0
        self.shots = []
        paths = sorted(brains.glob("*.py"))
        self.bots = [Bot(self, path, number) for number, path in enumerate(paths)]
        self._next = 0

    def look(self, bot):
        others = []
        for other in self.bots:
            if other is not bot and other.health > 0:
                dx, dy = other.x - bot.x, other.y - bot.y
                others.append((math.hypot(dx, dy), math.atan2(dy, dx)))
        return sorted(others)

    def move(self, bot, angle):
        x, y = bot.x + STEP * math.cos(angle), bot.y + STEP * math.sin(angle)
        bot.x, bot.y = min(max(x, 0.0), SIZE), min(max(y, 0.0), SIZE)
        return (bot.x, bot.y) == (x, y)

    def shoot(self, bot, angle):
        hit, distance = None, RANGE
        for other in self.bots:
            if other is bot or other.health <= 0:
                continue
            dx, dy = other.x - bot.x, other.y - bot.y
            away = math.hypot(dx, dy)
            off = abs(math.remainder(math.atan2(dy, dx) - angle, math.tau)) * away
            if off < 2.0 and away < distance:
                hit, distance = other, away
        self.shots.append((bot, angle, distance))
        if hit is not None:
            hit.health = max(hit.health - DAMAGE, 0)
            bot.hits += 1
        return hit is not None

    @property
    def is_over(self):
        return sum(bot.plays for bot in self.bots) < 2

    def play(self, timeout, time_left=lambda: True):
        """Plays a tick, or as much of it as there is time for: whether it has come to its end.

        :param timeout: how long a script may take that does not let its loop turn at all
        :param time_left: tells if there is time for one more bot
        """
        if self._next == 0:
            self.shots = []
        while self._next < len(self.bots):
            if not time_left():
                return False
            bot = self.bots[self._next]
            self._next += 1
            if bot.plays:
                bot.serve(timeout)
        self._next = 0
        self.tick += 1
        return True

    def describe(self):
        bots = (
            f"{bot.name} {bot.state} {bot.health} {bot.hits} ({bot.x:.3f}, {bot.y:.3f})"
            for bot in self.bots
        )
        return f"tick {self.tick}: " + "; ".join(bots)

    def stop(self):
        for bot in self.bots:
            bot.stop()
