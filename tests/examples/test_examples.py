# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The examples print the same in every language, and it is right."""

import re
import subprocess

import pytest
from running import EXAMPLES, LANGUAGES, fill, run, without_rights


def find_and_wc(folder):
    """What the chain must print, as two old programs see it."""
    find = ["find", folder, "-maxdepth", "1", "-type", "f"]
    n_files = len(subprocess.check_output([*find, "-printf", "."]))
    n_bytes = 0
    for line in subprocess.check_output([*find, "-exec", "wc", "-c", "{}", ";"]).splitlines():
        if match := re.match(rb"(\d+) ", line):
            n_bytes += int(match.group(1))
    return f"{n_files} files, {n_bytes} bytes\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_quickstart(language):
    assert run("quickstart", language) == (0, "The answer is 42\n", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_worker_queue(language):
    numbers = "".join(f"{i}\n" for i in range(1, 11))
    assert run("worker-queue", language) == (0, numbers, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_event(language):
    expected = "The main program prepares a greeting\n"
    expected += "The worker goes on: Hello from the background\n"
    assert run("event", language) == (0, expected, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_control_inversion(language):
    expected = "Client got: 1\nClient got: 2\nClient got: 3\n"
    for _ in range(5):
        assert run("control-inversion", language) == (0, expected, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_chain(tmp_path, language):
    fill(tmp_path)
    expected = "10 files, 302626 bytes\n"
    assert find_and_wc(tmp_path) == expected
    assert run("chain", language, tmp_path) == (0, expected, "")
    assert run("chain", language, cwd=tmp_path) == (0, expected, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_chain_with_several_batches(tmp_path, language):
    for i in range(200):
        (tmp_path / str(i)).write_bytes(b"x" * i)
    assert run("chain", language, tmp_path) == (0, "200 files, 19900 bytes\n", "")
    assert find_and_wc(tmp_path) == "200 files, 19900 bytes\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_chain_in_an_empty_folder(tmp_path, language):
    assert run("chain", language, tmp_path) == (0, "0 files, 0 bytes\n", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_chain_of_its_own_folder(language):
    assert run("chain", language, EXAMPLES) == (0, find_and_wc(EXAMPLES), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_chain_in_a_missing_folder(tmp_path, language):
    missing = tmp_path / "früh"
    message = f"chain: Error opening directory '{missing}': No such file or directory\n"
    assert run("chain", language, missing) == (1, "", message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_chain_in_a_file(tmp_path, language):
    file = tmp_path / "file"
    file.touch()
    message = f"chain: Error opening directory '{file}': Not a directory\n"
    assert run("chain", language, file) == (1, "", message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_chain_with_an_unreadable_file(tmp_path, language):
    file = tmp_path / "secret"
    file.write_bytes(b"secret")
    message = f"chain: Error opening file {file}: Permission denied\n"
    assert run("chain", language, tmp_path, prefix=without_rights(file)) == (1, "", message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_errors(language):
    lines = [f"{name}: The {name} is empty\n" for name in ("fridge", "purse", "tank")]
    assert run("errors", language) == (0, "3 tasks failed:\n" + "".join(lines), "")


@pytest.mark.parametrize("language", ["c", "vala"])
def test_stuck_loop(language):
    status, output, errors = run("stuck-loop", language)
    assert (status, output) == (0, "TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED\n")
    assert re.search("busy with task .compute. for", errors)


def test_stuck_loop_in_javascript():
    """A function of a library is stuck, of which nobody knows how to interrupt it."""
    status, output, errors = run("stuck-loop", "js")
    assert (status, output) == (0, "TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED\n")
    assert "stopped before the end of task “GLib.usleep”" in errors


def test_stuck_loop_in_python():
    """It can be interrupted; on a machine that is too busy that may come too late."""
    for _ in range(20):
        status, output, errors = run("stuck-loop", "py")
        assert status == 0
        if output == "TA_SHUTDOWN_TYPE_FORCE_STOPPED\n":
            break
        assert output == "TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED\n"
        assert "did not end in time" in errors
    else:
        pytest.fail("never interrupted in time")
