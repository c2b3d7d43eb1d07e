# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The window of the arena. It plays the game in its frames, and takes a part of each at most."""

import math
import time

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Graphene", "1.0")
gi.require_version("Gsk", "4.0")
gi.require_version("Gtk", "4.0")

from game import HEALTH, SIZE  # noqa: E402
from gi.repository import Gdk, GLib, Graphene, Gsk, Gtk  # noqa: E402

# Of the 16 ms that a frame has at 60 Hz.
FRAME_BUDGET = 0.004

TICK_SECONDS = 0.05

COLOURS = ["#e01b24", "#3584e4", "#33d17a", "#f6d32d", "#9141ac", "#ff7800", "#986a44", "#77767b"]
MARKS = {"alive": "", "stuck": " (stuck)", "dead": " (dead)", "shot": " (shot)"}


def colour(text, alpha=1.0):
    rgba = Gdk.RGBA()
    rgba.parse(text)
    rgba.alpha = alpha
    return rgba


def rectangle(x, y, width, height):
    return Graphene.Rect().init(x, y, width, height)


class Field(Gtk.Widget):
    """The arena from above."""

    def __init__(self, game):
        super().__init__(hexpand=True, vexpand=True)
        self.set_size_request(480, 480)
        self.game = game
        self.shots = []

    def do_snapshot(self, snapshot):
        size = min(self.get_width(), self.get_height())
        scale = (size - 40) / SIZE
        snapshot.append_color(colour("#241f31"), rectangle(0, 0, size, size))
        for bot, angle, distance in self.shots:
            self.draw_shot(snapshot, scale, bot, angle, distance)
        for bot in self.game.bots:
            self.draw_bot(snapshot, scale, bot)

    def draw_shot(self, snapshot, scale, bot, angle, distance):
        for i in range(2, int(distance * 2)):
            x = 20 + scale * (bot.x + math.cos(angle) * i / 2)
            y = 20 + scale * (bot.y + math.sin(angle) * i / 2)
            snapshot.append_color(colour("#ffffff", 0.7), rectangle(x - 1, y - 1, 2, 2))

    def draw_bot(self, snapshot, scale, bot):
        x, y = 20 + scale * bot.x, 20 + scale * bot.y
        alpha = 1.0 if bot.state == "alive" else 0.35
        body = colour(COLOURS[bot.number % len(COLOURS)], alpha)
        shape = Gsk.RoundedRect()
        shape.init_from_rect(rectangle(x - 8, y - 8, 16, 16), 8)
        snapshot.push_rounded_clip(shape)
        snapshot.append_color(body, rectangle(x - 8, y - 8, 16, 16))
        snapshot.pop()

        snapshot.append_color(colour("#5e5c64"), rectangle(x - 12, y + 12, 24, 3))
        health = 24 * bot.health / HEALTH
        snapshot.append_color(colour("#8ff0a4"), rectangle(x - 12, y + 12, health, 3))

        layout = self.create_pango_layout(bot.name + MARKS[bot.state])
        width, _height = layout.get_pixel_size()
        left = max(2, min(x - width / 2, scale * SIZE + 38 - width))
        snapshot.save()
        snapshot.translate(Graphene.Point().init(left, y - 28))
        snapshot.append_layout(layout, colour("#ffffff", 0.5 + alpha / 2))
        snapshot.restore()


class Window(Gtk.ApplicationWindow):
    def __init__(self, application, game):
        super().__init__(application=application, title="Arena", default_width=760)
        self.game = game
        self.field = Field(game)
        self.list = Gtk.Label(xalign=0, yalign=0, width_chars=26, wrap=True)
        for side in ("start", "end", "top", "bottom"):
            getattr(self.list, f"set_margin_{side}")(12)
        box = Gtk.Box()
        box.append(self.field)
        box.append(self.list)
        self.set_child(box)
        self.next_tick = time.monotonic()
        self.add_tick_callback(self.on_frame)

    def on_frame(self, _widget, _clock):
        now = time.monotonic()
        if now < self.next_tick or self.game.is_over:
            return GLib.SOURCE_CONTINUE
        end = now + FRAME_BUDGET
        # What there is no time for is done in the next frame.
        if self.game.play(FRAME_BUDGET, lambda: time.monotonic() < end):
            self.next_tick = now + TICK_SECONDS
            self.field.shots = self.game.shots
            self.field.queue_draw()
            self.list.set_markup(self.describe())
        return GLib.SOURCE_CONTINUE

    def describe(self):
        lines = [f"<b>Tick {self.game.tick}</b>\n"]
        for bot in self.game.bots:
            tint = COLOURS[bot.number % len(COLOURS)]
            lines.append(
                f'<span foreground="{tint}">●</span> <b>{bot.name}</b>  {bot.state}\n'
                f"<small>health {bot.health}, {bot.hits} hits</small>"
            )
            if bot.said:
                lines.append(f"<small><i>{GLib.markup_escape_text(bot.said)}</i></small>")
        return "\n".join(lines)


def run(game, quit_after):
    application = Gtk.Application(application_id="org.example.ThreadedAsync.Arena")

    def on_activate(application):
        Window(application, game).present()
        if quit_after is not None:
            GLib.timeout_add(int(quit_after * 1000), application.quit)

    application.connect("activate", on_activate)
    application.run(None)
    game.stop()
