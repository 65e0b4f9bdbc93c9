"""What the README says about commands, compared with the commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_course import Grade

from grader.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
NAMES = {
    str(each.name or getattr(each.callback, "__name__", ""))
    for each in app.registered_commands
    if not each.hidden
}
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "exercises" / "README.md")
}


def test_the_readme_names_every_command() -> None:
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", TEXTS["README.md"]))))
    assert len(NAMES) > 10
    assert words >= NAMES


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_in_the_text_exists(name: str) -> None:
    named = set(re.findall(r"`grade ([a-z]+)\b(?!\.)", TEXTS[name]))
    assert named
    assert named <= NAMES


@pytest.mark.parametrize("name", TEXTS)
def test_every_option_in_the_text_exists(grade: Grade, name: str) -> None:
    of_docker = re.compile(r"^```sh\ndocker .*?^```$", re.MULTILINE | re.DOTALL)
    own = [line for line in of_docker.sub("", TEXTS[name]).splitlines() if "make" not in line]
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", "\n".join(own)))
    known = {
        option for each in ("", *NAMES) for option in grade(*each.split(), "--help").out.split()
    }
    assert named
    assert named <= {each.rstrip(",") for each in known}


def test_the_file_that_is_graded_is_the_one_that_start_made(grade: Grade, here: Path) -> None:
    (slug, file) = re.findall(
        r"^\$ grade start (\S+)\n\$ grade (\S+)$", TEXTS["README.md"], re.MULTILINE
    )[0]
    assert grade("start", slug).code == 0
    assert (here / file).is_file()
