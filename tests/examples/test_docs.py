# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The code that the documentation shows is code that the other tests run, and its links lead
somewhere."""

import re
import textwrap

import pytest
from running import EXAMPLES, LANGUAGES, SOURCE

FENCES = {"c": "c", "py": "python", "js": "js", "vala": "vala"}
# Old programs in Python, which the page for those who come from there shows beside new ones.
OLD_PROGRAMS = SOURCE / "tests" / "python-package" / "programs"
PAGES = {page.stem: page for page in sorted((SOURCE / "docs").glob("*.md"))}
IMAGES = {image.name for image in (SOURCE / "docs").iterdir() if image.suffix in (".png", ".svg")}


def code_blocks(page, language):
    fence = FENCES[language]
    return re.findall(rf"^```{fence}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def is_extract(block, code):
    """Whether a block is some successive lines of a program, perhaps with less indentation."""
    wanted = block.splitlines()
    lines = code.splitlines()
    for i, line in enumerate(lines):
        if line.strip() == wanted[0].strip():
            part = textwrap.dedent("\n".join(lines[i : i + len(wanted)]))
            if part.splitlines() == wanted:
                return True
    return False


@pytest.mark.parametrize("language", LANGUAGES)
def test_readme_shows_the_quick_start(language):
    code = (EXAMPLES / f"quickstart.{language}").read_text()
    header = re.match(r"(#!.*\n)?(/\*\n( \*.*\n)+|(# SPDX.*\n)+)\n*", code)
    assert "SPDX-License-Identifier" in header.group()
    assert code_blocks(SOURCE / "README.md", language) == [code[header.end() :]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "page", ["control-inversion", "cookbook", "errors-and-shutdown", "quick-start"]
)
def test_code_is_from_the_examples(page, language):
    programs = [path.read_text() for path in EXAMPLES.rglob(f"*.{language}")]
    blocks = code_blocks(PAGES[page], language)
    assert blocks or (page != "quick-start" and language == "vala")
    for block in blocks:
        assert any(is_extract(block, program) for program in programs), block


def test_code_for_one_language_is_from_the_examples():
    programs = [path.read_text() for path in EXAMPLES.rglob("*.js")]
    blocks = code_blocks(PAGES["javascript"], "js")
    assert blocks
    for block in blocks:
        assert any(is_extract(block, program) for program in programs), block


@pytest.mark.parametrize("page", ["python", "coming-from-threaded-async"])
def test_code_for_python_is_from_programs(page):
    found = [*EXAMPLES.rglob("*.py"), *OLD_PROGRAMS.glob("*.py")]
    programs = [path.read_text() for path in found]
    blocks = code_blocks(PAGES[page], "py")
    assert blocks
    for block in blocks:
        assert any(is_extract(block, program) for program in programs), block


@pytest.mark.parametrize("language", ["c", "py", "js"])
def test_code_for_gtk_is_from_the_example_and_the_tests(language):
    found = [EXAMPLES / f"gtk-progress.{language}", EXAMPLES / "cookbook" / "call.c"]
    found += (SOURCE / "tests" / "gtk").glob("*.c")
    programs = [path.read_text() for path in found]
    blocks = code_blocks(PAGES["gtk"], language)
    assert blocks
    for block in blocks:
        assert any(is_extract(block, program) for program in programs), block


WITH_CODE = {
    "coming-from-threaded-async",
    "control-inversion",
    "cookbook",
    "errors-and-shutdown",
    "gtk",
    "javascript",
    "python",
    "quick-start",
}


@pytest.mark.parametrize("page", sorted(set(PAGES) - WITH_CODE))
def test_other_pages_show_no_code(page):
    assert [code_blocks(PAGES[page], language) for language in LANGUAGES] == [[], [], [], []]


@pytest.mark.parametrize(
    "recipe",
    [
        "Run something in the background",
        "Let a worker wait until something is ready",
        "Give a worker a queue of work",
        "Let scripts ask, and answer when you decide",
        "Find out what failed",
        "Stop a loop that is stuck",
    ],
)
def test_recipes_in_every_language(recipe):
    text = PAGES["cookbook"].read_text()
    found = re.search(rf"^## {recipe}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert {"c", "python", "js"} <= set(re.findall(r"^```(\w+)$", found.group(1), re.MULTILINE))


def test_every_recipe_is_shown():
    text = PAGES["cookbook"].read_text()
    for program in (EXAMPLES / "cookbook").iterdir():
        assert f"*examples/cookbook/{program.stem}*" in text


def test_readme_lists_the_examples():
    text = (SOURCE / "README.md").read_text()
    listed = set(re.findall(r"^\| \[([\w-]+)\]\(examples/\1\.c\) \|", text, re.MULTILINE))
    assert listed == {path.stem for path in EXAMPLES.glob("*.c")}


def test_links_of_the_readme():
    links = re.findall(r"\]\(([^)]+)\)", (SOURCE / "README.md").read_text())
    assert "docs/cookbook.md" in links
    for link in links:
        assert (SOURCE / link).exists(), link


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages(page):
    text = PAGES[page].read_text()
    assert f"\nSlug: {page}\n" in text
    for link in re.findall(r"\]\(([^)]+)\)", text):
        page_of, _, _heading = link.partition("#")
        assert page_of.removesuffix(".html") in PAGES or link in IMAGES, link


def test_all_pages_are_in_the_manual():
    config = (SOURCE / "docs" / "ThreadedAsync.toml.in").read_text()
    listed = re.search(r"^content_files = \[(.*)\]$", config, re.MULTILINE).group(1)
    assert {name.strip(' "') for name in listed.split(",")} == {
        page.name for page in PAGES.values()
    }


def test_named_tests_exist():
    """The tests that are named as proofs of the promises are there."""
    tests = SOURCE / "tests"
    paths = set()
    for source in tests.rglob("*.c"):
        paths.update(re.findall(r'"(/[a-z0-9-]+(?:/[a-z0-9-]+)+)"', source.read_text()))
    named = re.findall(r"`(/[a-z0-9-]+(?:/[a-z0-9-]+)+)`", PAGES["promises"].read_text())
    assert len(named) > 40
    assert set(named) <= paths, set(named) - paths
    for number in range(1, 10):
        assert any(name.startswith(f"/promise-{number}/") for name in named)
    for program in re.findall(r"`tests/([a-z/.]+)", PAGES["promises"].read_text()):
        assert (tests / program).exists(), program
