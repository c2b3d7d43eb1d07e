# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Where the library is installed into a folder of its own, its quick start runs in every language,
after what the README says for this."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from running import EXAMPLES, SECONDS, SOURCE, decode

README = (SOURCE / "README.md").read_text()
BUILD = pathlib.Path(os.environ["EXAMPLES_BUILDDIR"]).parent

# Nothing of what the tests set for the library.
ENVIRONMENT = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
ENVIRONMENT["LC_ALL"] = "C.UTF-8"

COMMANDS = {
    "c": "cc quickstart.c $(pkg-config --cflags --libs threaded-async-1) -o quickstart && "
    "./quickstart",
    "vala": "valac -q --pkg threaded-async-1 quickstart.vala >&2\n./quickstart",
    "py": f"'{sys.executable}' -B quickstart.py",
    "js": "gjs -m quickstart.js",
}


def call(*args, **kwargs):
    options = {"env": ENVIRONMENT, "stdin": subprocess.DEVNULL, "timeout": SECONDS, **kwargs}
    done = subprocess.run(args, capture_output=True, **options)
    assert done.returncode == 0, decode(done.stdout + done.stderr)
    return decode(done.stdout)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Installs the library, and returns what the README says for it."""
    if shutil.which("meson") is None:
        pytest.skip("there is no meson")
    listed = json.loads(call("meson", "introspect", "--buildoptions", BUILD))
    options = {option["name"]: option["value"] for option in listed}
    folder = tmp_path_factory.mktemp("installed")
    call("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", folder)
    prefix = folder / options["prefix"].lstrip("/")

    # It is not where it was built for, which only this file says.
    config = prefix / options["libdir"] / "pkgconfig" / "threaded-async-1.pc"
    text, n_found = re.subn(
        "^prefix=.*", f"prefix={prefix}", config.read_text(), flags=re.MULTILINE
    )
    assert n_found == 1
    config.write_text(text)

    (lines,) = re.findall(r"^```sh\n(prefix=.*?)^```$", README, re.MULTILINE | re.DOTALL)
    lines = re.sub("^prefix=.*", f'prefix="{prefix}"', lines)
    return re.sub(r'(\$prefix/)lib(?="|/pkgconfig|/girepository)', rf'\1{options["libdir"]}', lines)


@pytest.mark.parametrize("language", COMMANDS)
def test_quick_start_of_what_is_installed(settings, language, tmp_path):
    programs = {"c": ["cc", "pkg-config"], "vala": ["valac", "cc"], "js": ["gjs"]}
    for program in programs.get(language, []):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}")
    if language == "vala" and not (BUILD / "threaded-async" / "vala").exists():
        pytest.skip("the library has been built without the bindings for Vala")

    shutil.copy(EXAMPLES / f"quickstart.{language}", tmp_path)
    script = f"{settings}\n{COMMANDS[language]}"
    assert call("sh", "-ec", script, cwd=tmp_path) == "The answer is 42\n"


def test_other_languages_are_told_where_it_is(settings):
    script = """
      ls "$RUBYLIB/threaded-async.rb" "$PERL5LIB/ThreadedAsync.pm"
      ls "${LUA_PATH%%\\?.lua*}lgi/override/ThreadedAsync.lua"
    """
    assert len(call("sh", "-ec", f"{settings}\n{script}").splitlines()) == 3
