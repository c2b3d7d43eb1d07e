# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a program shows in its windows, and what its user can do there, through accessibility."""

import time

import gi

gi.require_version("Atspi", "2.0")

from gi.repository import Atspi, GLib  # noqa: E402

# Longer than anything takes; no test depends on how long it is.
SECONDS = 60


class ChangingError(Exception):
    """What is being read has changed meanwhile."""


def wait_for(what, condition):
    """Waits until a condition holds, and returns what it has returned."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            result = condition()
        except (GLib.Error, ChangingError):
            result = None
        if result:
            return result
        while GLib.MainContext.default().iteration(False):
            pass
        time.sleep(0.02)
    raise AssertionError(f"waited {SECONDS} s in vain for {what}")


def children(node):
    found = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    if None in found:
        raise ChangingError
    return found


def descendants(node, role):
    found = [node] if node.get_role() == role else []
    for child in children(node):
        found += descendants(child, role)
    return found


def act(node, name):
    """Does an action of a widget."""
    for i in range(Atspi.Action.get_n_actions(node)):
        if Atspi.Action.get_action_name(node, i) == name:
            assert Atspi.Action.do_action(node, i)
            return
    raise AssertionError(f"there is no action {name}")


class Row:
    """A row of gtk-progress: a name, a bar, a button, and two labels."""

    def __init__(self, node):
        try:
            self.name, self.bar, self.button, *labels = children(children(node)[0])
        except (IndexError, ValueError) as error:
            raise ChangingError from error
        # What a label without text is called is the name of its type.
        self.texts = [text for label in labels if (text := label.get_name()) != "GtkLabel"]

    @property
    def text(self):
        # Some versions of GTK end it with a blank.
        return " ".join(self.texts).strip()

    @property
    def progress(self):
        return Atspi.Value.get_current_value(self.bar)

    @property
    def can_cancel(self):
        return self.button.get_state_set().contains(Atspi.StateType.SENSITIVE)

    def cancel(self):
        act(self.button, "click")


# On a busy machine an answer may take longer than the second that is usually waited for.
Atspi.set_timeout(SECONDS * 1000, SECONDS * 1000)

# Asked once before there is a program: this starts accessibility, and a program that comes while it
# is starting may never be told of.
desktop = Atspi.get_desktop(0)
# What is asked for is asked, each time: a cache that is being filled misses what comes meanwhile.
desktop.set_cache_mask(Atspi.Cache.NONE)
desktop.get_child_count()


class Window:
    """The only window of a process."""

    def __init__(self, process):
        self.process = process
        self.frame = wait_for(f"a window of process {process.pid}", self._find)

    def _find(self):
        assert self.process.poll() is None, f"it ended: {self.process.stderr.read().decode()}"
        for i in range(desktop.get_child_count()):
            # It may have ended just now.
            app = desktop.get_child_at_index(i)
            if app is not None and app.get_process_id() == self.process.pid:
                app.set_cache_mask(Atspi.Cache.NONE)
                for frame in descendants(app, Atspi.Role.FRAME):
                    return frame
        return None

    @property
    def title(self):
        return self.frame.get_name()

    def rows(self):
        rows = map(Row, descendants(self.frame, Atspi.Role.LIST_ITEM))
        return {row.name.get_name(): row for row in rows}

    def row(self, name):
        return self.rows()[name]

    def dialog(self, title):
        """Another window of the program."""
        windows = children(self.frame.get_application())
        return next((window for window in windows if window.get_name() == title), None)

    def close(self):
        act(self.frame, "window.close")


def click(node, name):
    """Clicks a button somewhere in a window."""
    for button in descendants(node, Atspi.Role.PUSH_BUTTON):
        # An underlined letter may come before it.
        if button.get_name().split()[-1:] == [name]:
            act(button, "click")
            return
    raise AssertionError(f"there is no button {name}")
