# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A test is behind every entry in the table of docs/bindings.md, and the quick start is there in
each language."""

import re
import subprocess

import pytest
from running import ENVIRONMENT, EXAMPLES, SECONDS, SOURCE, decode

PAGE = (SOURCE / "docs" / "bindings.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)
]
LANGUAGES = ROWS[0][1:]
TABLE = {row[0]: dict(zip(LANGUAGES, row[1:])) for row in ROWS[2:]}
SMOKE = {"Lua": "lua/smoke.lua", "Ruby": "ruby/smoke.rb", "Perl": "perl/smoke.pl"}
RAW = "the same without our part for the language"
SAID = {"yes": "{}", "refused": "{} is refused"}

# What is behind the table: the file below tests, and the name of the test in it. For the languages
# above, the tests have the names of the rows.
EXAMPLE_TESTS = {
    "quick start": ("examples/test_examples.py", "def test_quickstart(language)"),
    "worker queue": ("examples/test_examples.py", "def test_worker_queue(language)"),
    "control inversion": ("examples/test_examples.py", "def test_control_inversion(language)"),
}
TESTS = {
    "C": {
        **EXAMPLE_TESTS,
        "call": ("test-method.c", '"/method/load-bytes"'),
        "errors": ("test-error.c", '"/error/codes"'),
        "a flood from four threads": ("test-foreign.c", '"/foreign/flood-from-four-threads/'),
        "a function in another thread": ("test-task.c", '"/task/runs-in-loop"'),
        "a signal of another thread": ("test-queue-signals.c", '"/promise-5/owner-context"'),
    },
    "Vala": {
        **EXAMPLE_TESTS,
        "call": ("vala/smoke.vala", '"a method is called by its name"'),
        "errors": ("vala/smoke.vala", '"a failed task throws"'),
        "a flood from four threads": ("vala/foreign.vala", "a flood from four threads"),
        "a function in another thread": ("vala/smoke.vala", '"it ran in another thread"'),
        "a signal of another thread": (
            "vala/smoke.vala",
            '"a signal of another thread comes there"',
        ),
    },
    "Python": {
        **EXAMPLE_TESTS,
        "call": ("python/test_method.py", "def test_function("),
        "errors": ("python-override/test_errors.py", "def test_errors_from_c("),
        "a flood from four threads": (
            "python/test_foreign.py",
            "def test_a_flood_from_four_threads(",
        ),
        "a function in another thread": (
            "python-override/test_runner.py",
            "def test_runs_in_one_thread_with_the_context(",
        ),
        RAW: ("python/test_task.py", "def test_runs_in_the_thread_of_the_runner("),
        "a signal of another thread": (
            "python/test_foreign.py",
            "def test_a_signal_of_another_thread(",
        ),
        "any value in a queue": (
            "python-override/test_queue.py",
            "def test_identity_between_threads(",
        ),
    },
    "JavaScript": {
        **EXAMPLE_TESTS,
        "call": ("gjs/test-call.js", "'a method of an object, here of a file'"),
        "errors": ("gjs/test-call.js", "'the error of the method is a GLib.Error'"),
        "a flood from four threads": ("gjs/test-foreign.js", "'a flood from four threads'"),
        "a function in another thread": (
            "gjs/test-runner.js",
            "'a threaded runner refuses functions, and says what to do instead'",
        ),
        RAW: ("gjs/raw.js", "'a function in another thread is refused'"),
        "a signal of another thread": (
            "gjs/test-runner.js",
            "'signals that would come in another thread are refused'",
        ),
        "any value in a queue": ("gjs/test-values.js", "${kind} through a queue"),
    },
}


def find_test(language, row):
    """The file and the name of the test behind an entry."""
    if language not in SMOKE:
        return TESTS[language][row]
    if row == RAW:
        return SMOKE[language].replace("smoke", "raw"), "a function in another thread is refused"
    said = SAID[TABLE[row][language]].format(row)
    return SMOKE[language], f'"{said}"' if language == "Ruby" else f"'{said}'"


ENTRIES = [
    (language, row)
    for row, entries in TABLE.items()
    for language, entry in entries.items()
    if entry in SAID
]


@pytest.mark.parametrize("language,row", ENTRIES)
def test_a_test_is_behind_every_entry(language, row):
    path, name = find_test(language, row)
    assert name in (SOURCE / "tests" / path).read_text()


def test_every_entry_says_something():
    said = {entry for entries in TABLE.values() for entry in entries.values()}
    assert said == {"yes", "refused", "no", "—", "s", "µs"}
    assert set(TABLE["times"].values()) == {"s", "µs"}
    assert LANGUAGES == ["C", "Vala", "Python", "JavaScript", "Lua", "Ruby", "Perl"]
    # Nothing in the tests' table that is not in the page's.
    for language, tests in TESTS.items():
        assert {row for lang, row in ENTRIES if lang == language} == set(tests)


QUICK_STARTS = {
    "lua": ("lua", ["lua5.3", "-e", 'require "lgi"'], ["lua5.3"]),
    "rb": ("ruby", ["ruby", "-e", 'require "gio2"'], ["ruby"]),
    "pl": ("perl", ["perl", "-MGlib::Object::Introspection", "-e", "1"], ["perl"]),
}


@pytest.mark.parametrize("suffix", QUICK_STARTS)
def test_quick_start(suffix):
    _fence, probe, interpreter = QUICK_STARTS[suffix]
    # Ruby's gio2 in Debian 13 reads what it has freed.
    env = {name: value for name, value in ENVIRONMENT.items() if name != "MALLOC_PERTURB_"}
    try:
        subprocess.run(probe, check=True, capture_output=True, env=env, timeout=SECONDS)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip(f"{interpreter[0]} or its binding is not installed")
    command = [*interpreter, EXAMPLES / f"quickstart.{suffix}"]
    done = subprocess.run(command, capture_output=True, env=env, timeout=SECONDS)
    assert (done.returncode, decode(done.stdout), decode(done.stderr)) == (
        0,
        "The answer is 42\n",
        "",
    )


@pytest.mark.parametrize("suffix", QUICK_STARTS)
def test_quick_start_is_shown(suffix):
    fence = QUICK_STARTS[suffix][0]
    page = (SOURCE / "docs" / "quick-start.md").read_text()
    (block,) = re.findall(rf"^```{fence}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    code = (EXAMPLES / f"quickstart.{suffix}").read_text()
    assert code.endswith("LGPL-2.1-or-later\n\n" + block)
