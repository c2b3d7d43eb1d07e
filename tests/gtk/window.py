# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a program shows in its windows, and what its user can do there, through accessibility."""

import time

import gi

gi.require_version("Atspi", "2.0")

from gi.repository import Atspi, GLib  # noqa: E402

# Longer than anything takes; no test depends on how long it is.
SECONDS = 60


def wait_for(what, condition):
    """Waits until a condition holds, and returns what it has returned."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        # A window may change, or close, while it is being read.
        try:
            result = condition()
        except GLib.Error:
            result = None
        if result:
            return result
        while GLib.MainContext.default().iteration(False):
            pass
        time.sleep(0.02)
    raise AssertionError(f"waited {SECONDS} s in vain for {what}")


def children(node):
    return [node.get_child_at_index(i) for i in range(node.get_child_count())]


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
        self.name, self.bar, self.button, *labels = children(children(node)[0])
        # What a label without text is called is the name of its type.
        self.texts = [text for label in labels if (text := label.get_name()) != "GtkLabel"]

    @property
    def text(self):
        return " ".join(self.texts)

    @property
    def progress(self):
        return Atspi.Value.get_current_value(self.bar)

    @property
    def can_cancel(self):
        return self.button.get_state_set().contains(Atspi.StateType.SENSITIVE)

    def cancel(self):
        act(self.button, "click")


class Window:
    """The only window of a process."""

    def __init__(self, pid):
        self.pid = pid
        self.frame = wait_for(f"a window of process {pid}", self._find)

    def _find(self):
        for app in children(Atspi.get_desktop(0)):
            if app is not None and app.get_process_id() == self.pid:
                # What is asked for is asked from the program, each time.
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

    def close(self):
        act(self.frame, "window.close")
