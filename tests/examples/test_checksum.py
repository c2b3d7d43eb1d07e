# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The example checksum prints what sha256sum does."""

import codecs
import fcntl
import hashlib
import os
import re
import signal
import subprocess
import termios
import threading
import time

import pytest
from running import ENVIRONMENT, EXAMPLES, SECONDS, decode, fill, run, running, without_rights

LANGUAGES = ["c", "py", "js", "vala"]
CLEAR_LINE = "\r\033[K"
LOCAL_FLAGS = 3  # where termios.tcgetattr() has them
N_HASHERS = 4

# An interrupt ends it at once, but a machine that is very busy takes its time.
SECONDS_TO_END = 120


def sha256sum(folder, **kwargs):
    """The lines for all files below a folder, as two old programs see it."""
    find = ["find", folder, "-type", "f", "-exec", "sha256sum", "{}", "+"]
    return sorted(decode(subprocess.check_output(find, env=ENVIRONMENT, **kwargs)).splitlines(True))


def checksum(language, *args, **kwargs):
    """The exit status, the lines, and the errors."""
    status, output, errors = run("checksum", language, *args, **kwargs)
    return status, sorted(output.splitlines(True)), errors


def make_endless(folder, n_files):
    """Files that take many minutes to read, and no space."""
    for i in range(n_files):
        with open(folder / f"endless {i}", "wb") as file:
            file.truncate(1 << 38)


@pytest.fixture
def never_ending(tmp_path):
    """A large tree that keeps all but one of the hashers busy: the folder, and the lines of those
    files that come to an end."""
    make_endless(tmp_path, N_HASHERS - 1)
    lines = []
    for i in range(40):
        folder = tmp_path / str(i) / "folder"
        folder.mkdir(parents=True)
        for j in range(5):
            (folder / str(j)).write_text(f"{i} {j}")
            lines.append(f"{hashlib.sha256(f'{i} {j}'.encode()).hexdigest()}  {folder / str(j)}\n")
    return tmp_path, lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_kinds_of_names(tmp_path, language):
    fill(tmp_path)
    below = tmp_path / "folder\nwith a newline" / "in\\a folder"
    below.mkdir(parents=True)
    fill(below)
    expected = sha256sum(tmp_path)
    assert len(expected) == 22
    assert checksum(language, tmp_path) == (0, expected, "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [".", "..", "./folder", "folder/", "folder", b"\xff", "new\nline"])
def test_names_of_the_folder(tmp_path, language, name):
    if language == "js" and name == b"\xff":
        pytest.skip("GJS takes only text as arguments")
    here = tmp_path / "here"
    (here / "folder").mkdir(parents=True)
    os.makedirs(os.path.join(here, os.fsdecode(name)), exist_ok=True)
    (here / os.fsdecode(name) / "file").write_bytes(b"content")
    expected = sha256sum(name, cwd=here)
    assert expected
    assert checksum(language, name, cwd=here) == (0, expected, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_to_a_folder(tmp_path, language):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("folder")
    line = f"{hashlib.sha256(b'content').hexdigest()}  {tmp_path / 'link' / 'file'}\n"
    assert checksum(language, tmp_path / "link") == (0, [line], "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_files(tmp_path, language):
    for i in range(1000):
        folder = tmp_path / str(i // 100) / str(i % 7)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(i)).write_bytes(bytes([i % 256]) * i)
    assert checksum(language, tmp_path) == (0, sha256sum(tmp_path), "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 17_000_000])
def test_sizes(tmp_path, language, size):
    (tmp_path / "file").write_bytes(os.urandom(size))
    assert checksum(language, tmp_path) == (0, sha256sum(tmp_path), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_own_folder(language):
    assert checksum(language, EXAMPLES) == (0, sha256sum(EXAMPLES), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_empty_folder(tmp_path, language):
    assert checksum(language, tmp_path) == (0, [], "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_folder(tmp_path, language):
    missing = tmp_path / "früh"
    message = f"checksum: Error opening directory '{missing}': No such file or directory\n"
    assert checksum(language, missing) == (1, [], message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_file_instead_of_a_folder(tmp_path, language):
    file = tmp_path / "file"
    file.touch()
    message = f"checksum: Error opening directory '{file}': Not a directory\n"
    assert checksum(language, file) == (1, [], message)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("args", [[], ["one", "two"]])
def test_usage(language, args):
    status, lines, errors = checksum(language, *args)
    assert (status, lines) == (1, [])
    assert re.fullmatch(r"Usage: checksum(\.py|\.js)? FOLDER\n", errors)


@pytest.mark.parametrize("language", LANGUAGES)
def test_unreadable_file(tmp_path, language):
    fill(tmp_path)
    secret = tmp_path / "folder" / "secret"
    secret.write_bytes(b"secret")
    expected = [line for line in sha256sum(tmp_path) if "secret" not in line]
    assert len(expected) == 11
    message = f"checksum: Error opening file {secret}: Permission denied\n"
    done = checksum(language, tmp_path, prefix=without_rights(secret))
    assert done == (1, expected, message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_unreadable_folder(tmp_path, language):
    fill(tmp_path)
    secret = tmp_path / "secret"
    secret.mkdir()
    expected = sha256sum(tmp_path)
    message = f"checksum: Error opening directory '{secret}': Permission denied\n"
    done = checksum(language, tmp_path, prefix=without_rights(secret))
    assert done == (1, expected, message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_full_disk(tmp_path, language):
    fill(tmp_path)
    with open("/dev/full", "wb") as full:
        status, _lines, errors = checksum(language, tmp_path, stdout=full)
    assert status == 1
    assert errors.startswith("checksum: ")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_reads(tmp_path, language):
    fill(tmp_path)
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    try:
        status, _lines, errors = checksum(language, tmp_path, stdout=writing_end)
    finally:
        os.close(writing_end)
    if language == "js" and status == 1:
        # GJS of Debian 13 has the call fail in place of the program.
        assert re.fullmatch(r"checksum: .*[Bb]roken pipe\n", errors)
    else:
        assert (status, errors) == (-signal.SIGPIPE, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_files_in_flight(tmp_path, language):
    make_endless(tmp_path, 2 * N_HASHERS)
    deadline = time.monotonic() + SECONDS
    n_open = 0
    with running("checksum", language, tmp_path) as process:
        fds = f"/proc/{process.pid}/fd"
        while n_open < N_HASHERS and time.monotonic() < deadline:
            n_open = 0
            for fd in os.listdir(fds):
                try:
                    n_open += "endless" in os.readlink(f"{fds}/{fd}")
                except FileNotFoundError:
                    pass
            assert n_open <= N_HASHERS
    assert n_open == N_HASHERS


def read_to_the_end(process):
    """What comes of the output after the interrupt."""
    interrupted_at = time.monotonic()
    output = process.stdout.read()
    process.wait()
    assert time.monotonic() - interrupted_at < SECONDS_TO_END
    return decode(output)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n_lines", [1, 100, 200])
def test_interrupt(never_ending, language, n_lines):
    folder, lines = never_ending
    with running("checksum", language, folder, stderr=subprocess.PIPE) as process:
        seen = [decode(process.stdout.readline()) for _ in range(n_lines)]
        process.send_signal(signal.SIGINT)
        seen += read_to_the_end(process).splitlines(True)
        assert (process.returncode, process.stderr.read()) == (130, b"")
    assert len(seen) == len(set(seen)) >= n_lines
    assert set(seen) <= set(lines)


class Terminal:
    """A terminal, and what can be seen on it."""

    def __init__(self):
        self.master, self.slave = os.openpty()
        self.keep_output()
        self.output = ""
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def keep_output(self):
        """A Ctrl-C does not throw away what was written and not yet read: half a line would be left
        of it."""
        attributes = termios.tcgetattr(self.slave)
        attributes[LOCAL_FLAGS] |= termios.NOFLSH
        termios.tcsetattr(self.slave, termios.TCSANOW, attributes)

    def control(self):
        """Makes this the terminal of the process that calls, so that Ctrl-C interrupts it."""
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self):
        # One read may end in the middle of a character.
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        with open(self.master, "rb", buffering=0, closefd=False) as master:
            try:
                while output := master.read(4096):
                    with self.changed:
                        self.output += decoder.decode(output)
                        self.changed.notify()
            except OSError:
                pass  # the last one who wrote has closed it

    def wait_for(self, pattern):
        with self.changed:
            found = self.changed.wait_for(lambda: re.search(pattern, self.output), SECONDS)
        assert found, f"{pattern} did not come"

    def hang_up(self):
        """Everything that was written."""
        os.close(self.slave)
        self.reader.join(SECONDS)
        assert not self.reader.is_alive()
        os.close(self.master)
        return self.output


@pytest.mark.parametrize("language", LANGUAGES)
def test_progress_on_a_terminal(never_ending, language):
    terminal = Terminal()
    folder, lines = never_ending
    kwargs = {"stdin": terminal.slave, "stderr": terminal.slave, "preexec_fn": terminal.control}
    with running("checksum", language, folder, **kwargs) as process:
        seen = [decode(process.stdout.readline()) for _ in lines]
        assert sorted(seen) == sorted(lines)
        # Now only the status changes any more.
        terminal.wait_for(rf"{len(lines)} files, [\d.]+\s[kMGT]B")
        terminal.type("\x03")
        assert read_to_the_end(process) == ""
    assert process.returncode == 130
    *shown, last = terminal.hang_up().replace("^C", "").split(CLEAR_LINE)
    assert last == "", "the progress line is still there"
    pattern = r"(\d+ files, [\d.]+\s(bytes|[kMGT]B))?"
    assert [line for line in shown if not re.fullmatch(pattern, line)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_message_on_a_terminal(tmp_path, language):
    terminal = Terminal()
    missing = tmp_path / "missing"
    done = run("checksum", language, missing, stderr=terminal.slave)
    assert done == (1, "", "")
    message = f"checksum: Error opening directory '{missing}': No such file or directory\r\n"
    shown = terminal.hang_up().split(CLEAR_LINE)
    assert [line for line in shown if line] == [message]
