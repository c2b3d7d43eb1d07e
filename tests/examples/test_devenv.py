# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""In the shell that `meson devenv` opens, the README's commands compile its quick start."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
from running import EXAMPLES, SECONDS, SOURCE, decode

README = (SOURCE / "README.md").read_text()
BUILD = pathlib.Path(os.environ["EXAMPLES_BUILDDIR"]).parent

# Nothing of what the tests set for the library.
ENVIRONMENT = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
ENVIRONMENT["LC_ALL"] = "C.UTF-8"


def in_shell(script, cwd, **environment):
    """Runs a script in the shell of the build, and returns what it prints."""
    done = subprocess.run(
        ["meson", "devenv", "-C", BUILD, "sh", "-ec", f'cd "{cwd}"\n{script}'],
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, decode(done.stdout + done.stderr)
    return decode(done.stdout)


@pytest.mark.parametrize("language,compiler", [("c", "cc"), ("vala", "valac")])
def test_the_command_of_the_readme(language, compiler, tmp_path):
    for program in ("meson", "pkg-config", compiler):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}")
    if language == "vala" and not (BUILD / "threaded-async" / "vala").exists():
        pytest.skip("the library has been built without the bindings for Vala")

    (command,) = re.findall(rf"`({compiler} [^`]*quickstart\.{language}[^`]*)`", README)
    shutil.copy(EXAMPLES / f"quickstart.{language}", tmp_path)
    output = in_shell(f"{command} >&2\n./quickstart", tmp_path)
    assert output.endswith("The answer is 42\n")


@pytest.mark.parametrize("set_by_user", [{}, {"XDG_DATA_DIRS": "/srv/one:/srv/two"}])
def test_the_folders_for_data_are_still_there(set_by_user, tmp_path):
    if shutil.which("meson") is None:
        pytest.skip("there is no meson")
    if not (BUILD / "threaded-async" / "vala").exists():
        pytest.skip("the library has been built without the bindings for Vala")

    output = in_shell('echo "folders $XDG_DATA_DIRS"', tmp_path, **set_by_user)
    folders = output.splitlines()[-1].removeprefix("folders ").split(":")
    expected = set_by_user.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    assert pathlib.Path(folders[0]).samefile(BUILD / "threaded-async")
    assert folders[1 : 1 + len(expected)] == expected
    assert folders[-2:] == ["/usr/local/share", "/usr/share"]
