# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The arena plays the same match again, whatever its scripts do."""

import shutil

import gi
import pytest
from running import DISPLAY, EXAMPLES, run

BRAINS = EXAMPLES / "arena" / "brains"


def play(*args):
    status, output, errors = run("arena/arena", "py", "--headless", *args)
    assert (status, errors) == (0, "")
    return output.splitlines()[-1]


def test_the_same_seed_plays_the_same_match():
    last = play("--seed", "1", "--ticks", "45")
    assert last.startswith("tick 45: ")
    assert play("--seed", "1", "--ticks", "45") == last
    # Bad scripts are told from the others, who have played on.
    assert "thinker stuck 100" in last
    assert "stumbler dead 100" in last
    assert "sniper alive" in last


def test_another_seed_plays_another_match():
    brains = ["--brains", BRAINS / "none"]
    assert play("--seed", "1", "--ticks", "10") != play("--seed", "2", "--ticks", "10")
    assert play("--ticks", "10", *brains) == "tick 0: "


def test_a_stuck_script_is_given_up():
    last = play("--seed", "1", "--ticks", "55")
    assert "thinker dead 100" in last
    assert "tick 55: " in last


def test_any_script(tmp_path):
    (tmp_path / "syntax.py").write_text("this is no Python")
    (tmp_path / "nothing.py").write_text("")
    (tmp_path / "early.py").write_text("raise SystemExit(3)")
    (tmp_path / "fine.py").write_text("async def main(me):\n    while True: await me.move(0)")
    (tmp_path / "rude.py").write_text("async def main(me):\n    while True: await me.move('x')")
    (tmp_path / "also.py").write_text("async def main(me):\n    while True: await me.look()")
    last = play("--brains", tmp_path, "--ticks", "5")
    assert last.count("dead") == 4
    assert "fine alive" in last and "also alive" in last


def test_window():
    if shutil.which("Xvfb") is None or shutil.which("dbus-run-session") is None:
        pytest.skip("there is no Xvfb or no dbus-run-session")
    try:
        gi.require_version("Gtk", "4.0")
    except ValueError:
        pytest.skip("there is no GTK 4")
    status, _output, errors = run("arena/arena", "py", "--quit-after", "2", prefix=[DISPLAY])
    assert status == 0
    # GTK itself may warn of what is not there.
    assert "Traceback" not in errors
