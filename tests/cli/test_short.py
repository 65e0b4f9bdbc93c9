"""The commands that run without Typer say what Typer's would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_course import Grade, environment

from grader.cli.short import short_command

pytestmark = pytest.mark.usefixtures("course")

SHORT = ["list", "show", "show sum-two", "hint", "hint sum-two", "hint sum-tow", "show sum_two"]


@pytest.mark.parametrize("line", SHORT)
def test_a_short_command_says_what_its_long_form_says(line: str, grade: Grade) -> None:
    words = line.split()
    assert short_command(words) is not None
    long = [*words, "--color", "auto"]
    assert short_command(long) is None
    grade("start", "sum-one")
    first = grade(*long)
    grade("hint", "sum-one", "--reset")
    grade("hint", "sum-two", "--reset")
    assert grade(*words) == first


@pytest.mark.parametrize(
    "line", ["", "list all", "hint a b", "hint --all", "show --", "hint ~", "hint *", "x.py"]
)
def test_what_typer_has_to_read(line: str) -> None:
    assert short_command(line.split()) is None


def test_an_empty_name_and_completion_are_typers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert short_command(["hint", ""]) is None
    monkeypatch.setenv("_GRADE_COMPLETE", "complete_bash")
    assert short_command(["list"]) is None


def test_a_short_command_imports_no_typer(here: Path) -> None:
    script = (
        "import sys; from grader.cli.run import run\n"
        "assert run(['list']) == run(['hint', 'nn-vmap-shared']) == 0\n"
        "heavy = {'typer', 'jax', 'numpy', 'subprocess', 'pygments.lexers.python'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", script], cwd=here, env=environment(), check=True, timeout=60,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
