# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The example of a window in Python, as a person would use it, on a display that nobody sees."""

import os
import shutil
import subprocess
import sys

import pytest
from running import DISPLAY, ENVIRONMENT, EXAMPLES, SECONDS

DRIVER = """
import runpy, sys, threading, time

example = runpy.run_path(sys.argv[1], run_name="example")
folder, closes = sys.argv[2], sys.argv[3] == "close"

from gi.repository import GLib, Gtk, ThreadedAsync

main_thread = threading.get_ident()
n_ticks = 0


def tick():
    global n_ticks
    n_ticks += 1
    return True


def look(window):
    text = window.label.get_text()
    if text == folder:
        return True
    assert threading.get_ident() == main_thread
    print(text if window.button.get_sensitive() else "the button is not sensitive", flush=True)
    window.close()
    return False


def activate(app):
    window = example["Window"](app, runner, folder)
    window.present()
    window.button.emit("clicked")
    assert not window.button.get_sensitive()
    GLib.timeout_add(1, tick)
    if closes:
        GLib.timeout_add(50, window.close)
    else:
        GLib.timeout_add(1, look, window)


with ThreadedAsync.Runner("window") as runner:
    app = Gtk.Application()
    app.connect("activate", activate)
    start = time.monotonic()
    app.run()
print("ticks" if n_ticks > 0 else "no ticks", runner.shutdown_type.value_nick)
"""


@pytest.fixture
def drive(tmp_path):
    """Runs the example, and clicks on its button."""
    pytest.importorskip("gi")
    if shutil.which("Xvfb") is None or shutil.which("dbus-run-session") is None:
        pytest.skip("there is no Xvfb or no dbus-run-session")
    has_gtk = "import gi; gi.require_version('Gtk', '4.0')"
    if subprocess.run([sys.executable, "-c", has_gtk], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("there is no GTK 4")
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)

    def run(folder, what="wait", **environment):
        done = subprocess.run(
            [DISPLAY, sys.executable, "-B", driver, EXAMPLES / "window.py", folder, what],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=SECONDS,
            env={
                **ENVIRONMENT,
                **environment,
            },
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout.splitlines()

    return run


def test_measure(drive, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(os.urandom(300_000))
    expected = subprocess.check_output(["du", "-sh", folder], text=True).split()[0]
    assert drive(folder) == [f"{folder} holds {expected}", "ticks stopped"]


def test_failure(drive, tmp_path):
    text, last = drive(tmp_path / "missing")
    assert text.startswith("It did not work: du: ")
    assert last == "ticks stopped"


def test_close_cancels(drive, tmp_path):
    # A program that never ends in the place of du.
    tools = tmp_path / "tools"
    tools.mkdir()
    du = tools / "du"
    du.write_text("#!/bin/sh\nexec sleep 600\n")
    du.chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    assert drive(tmp_path, "close", PATH=path) == ["ticks stopped"]
