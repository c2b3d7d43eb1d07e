# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The example gtk-progress shows and does the same in every language."""

import contextlib
import hashlib
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "examples"))

from running import command  # noqa: E402

try:
    from window import SECONDS, Window, click, wait_for  # noqa: E402
except (ImportError, ValueError):
    pytest.skip("there is no gir1.2-atspi-2.0", allow_module_level=True)

# More than is read in a test, and so little that a thousandth is read soon: accessibility is not
# told of less. It takes no place on the disk.
HUGE = 1 << 37


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "hello").write_bytes(b"hello")
    (tmp_path / "long").write_bytes(b"0123456789" * 100_000)
    (tmp_path / "dangling").symlink_to("nowhere")
    with open(tmp_path / "huge", "wb") as huge:
        huge.truncate(HUGE)
    return tmp_path


@contextlib.contextmanager
def running(language, *arguments, **options):
    """The program, its window, and a check that it ends well and without a warning."""
    environment = {**os.environ, "G_DEBUG": "fatal-warnings", "LC_ALL": "C.UTF-8"}
    environment.update(options.pop("env", {}))
    # Newer versions of GTK have another dialog, older ones only this.
    environment["PYTHONWARNINGS"] = "ignore::DeprecationWarning"
    for name in "GTK_A11Y", "NO_AT_BRIDGE":
        environment.pop(name, None)
    process = subprocess.Popen(
        [*command("gtk-progress", language), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **options,
    )
    try:
        yield process, Window(process)
        assert process.wait(SECONDS) == 0
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("language", ["c", "py", "js"])
def test_results_error_and_cancel(language, folder):
    with running(language, folder) as (_process, window):
        assert window.title == "Checksums"
        wait_for("all rows", lambda: len(window.rows()) == 5)

        # What is done shows its result, and cannot be cancelled any more.
        for name in "empty", "hello", "long":
            wait_for(f"the end of {name}", lambda: not window.row(name).can_cancel)
            row = window.row(name)
            assert row.text == sha256(folder / name)
            assert row.progress == 1

        # What has failed says why.
        wait_for("the failure", lambda: not window.row("dangling").can_cancel)
        row = window.row("dangling")
        assert "No such file or directory" in row.text
        assert row.progress == 0

        # What goes on can be cancelled.
        wait_for("some progress", lambda: window.row("huge").progress > 0)
        row = window.row("huge")
        assert row.can_cancel
        assert row.text == ""
        row.cancel()
        wait_for("the cancelled", lambda: not window.row("huge").can_cancel)
        row = window.row("huge")
        assert "cancelled" in row.text
        assert row.progress < 0.5

        window.close()


@pytest.mark.parametrize("language", ["c", "py", "js"])
def test_close_while_work_runs(language, folder):
    with running(language, folder) as (process, window):
        wait_for("some progress", lambda: window.row("huge").progress > 0)
        assert process.poll() is None
        window.close()


@pytest.mark.parametrize("language", ["c", "py", "js"])
def test_open_another_folder(language, folder, tmp_path_factory):
    # The dialog begins in the current folder.
    another = tmp_path_factory.mktemp("another")
    (another / "hello").write_bytes(b"hello")
    settings = tmp_path_factory.mktemp("settings")
    keyfile = settings / "glib-2.0" / "settings" / "keyfile"
    keyfile.parent.mkdir(parents=True)
    keyfile.write_text("[org/gtk/gtk4/settings/file-chooser]\nstartup-mode='cwd'\n")
    env = {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": str(settings)}

    with running(language, folder, cwd=another, env=env) as (_process, window):
        wait_for("some progress", lambda: window.row("huge").progress > 0)
        click(window.frame, "Open…")
        wait_for("the dialog", lambda: window.dialog("Open a Folder"))
        click(window.dialog("Open a Folder"), "Open")

        # What was shown before goes, with its work.
        wait_for("the other folder", lambda: list(window.rows()) == ["hello"])
        wait_for("the end", lambda: not window.row("hello").can_cancel)
        assert window.row("hello").text == sha256(another / "hello")
        window.close()
