# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs the examples, in every language.

EXAMPLES_BUILDDIR is the folder in which those in C were built.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import threading

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = SOURCE / "examples"

# Runs a command on a display of its own, and is safe to run twice at the same time.
DISPLAY = SOURCE / "tests" / "gtk" / "display"
LANGUAGES = ["c", "py", "js", "vala"]
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}

# Longer than anything takes; no test depends on how long it is.
SECONDS = 180


def command(name, language):
    """How to run an example, or a recipe of the cookbook: cookbook/NAME."""
    if language == "c":
        return [os.path.join(os.environ["EXAMPLES_BUILDDIR"], name.replace("/", "-"))]
    if language == "vala":
        program = os.path.join(os.environ["EXAMPLES_BUILDDIR"], f"{name}-vala")
        if not os.path.exists(program):
            pytest.skip("the programs in Vala have not been built")
        return [program]
    if language == "py":
        return [sys.executable, "-B", EXAMPLES / f"{name}.py"]
    if shutil.which("gjs") is None:
        pytest.skip("there is no gjs")
    return ["gjs", "-m", EXAMPLES / f"{name}.js"]


def decode(output):
    return output.decode(errors="surrogateescape")


def run(name, language, *args, prefix=(), **kwargs):
    """The exit status, the output and the errors of an example."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **kwargs}
    done = subprocess.run(
        [*prefix, *command(name, language), *args],
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
        timeout=SECONDS,
        **options,
    )
    return done.returncode, decode(done.stdout or b""), decode(done.stderr or b"")


@contextlib.contextmanager
def running(name, language, *args, **kwargs):
    """An example that runs, and is killed when it does so for too long, or when the test ends."""
    arguments = [*command(name, language), *args]
    with subprocess.Popen(arguments, env=ENVIRONMENT, stdout=subprocess.PIPE, **kwargs) as process:
        killer = threading.Timer(SECONDS, process.kill)
        killer.start()
        try:
            yield process
        finally:
            killer.cancel()
            process.kill()


def without_rights(path):
    """What to run a command with, so that it can't read what is at a path."""
    path.chmod(0)
    if not os.access(path, os.R_OK):
        return []
    # As root: then without root's right to read everything.
    prefix = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    if subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("this user can read everything")
    return prefix


def fill(folder):
    """All that can be in a folder: 10 regular files with 302,626 bytes."""
    (folder / "plain").write_bytes(b"a" * 600)
    (folder / "empty").write_bytes(b"")
    (folder / "name with spaces").write_bytes(b"spaces\n")
    (folder / "name\nwith\nnewlines").write_bytes(b"\n\n")
    (folder / "name\\with\\backslashes\\n").write_bytes(b"\\\\")
    (folder / "name\rwith\\\neverything").write_bytes(b"anything")
    (folder / "-n").write_bytes(b"dash")
    (folder / ".hidden").write_bytes(b"\0\0\0")
    (folder / "large").write_bytes(os.urandom(302_000))
    with open(os.path.join(os.fsencode(folder), b"not UTF-8: \xff"), "wb"):
        pass
    (folder / "folder").mkdir()
    (folder / "folder" / "file").write_bytes(b"in a folder")
    (folder / "link").symlink_to("plain")
    (folder / "link to a folder").symlink_to("folder")
    (folder / "dangling link").symlink_to("nothing")
    os.mkfifo(folder / "pipe")
