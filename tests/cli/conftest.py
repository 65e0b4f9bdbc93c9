"""`grade` run in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_course import Grade, Ran, add_exercise, environment

from grader.cli.run import run


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three exercises in place of those that come with the grader."""
    root = tmp_path / "course"
    add_exercise(root, "sum-one", "The first sum", "sum_one")
    add_exercise(root, "sum-two", "The second sum", "sum_two")
    add_exercise(root, "product", "A product", "product", level=2)
    monkeypatch.setattr(
        "grader.catalogue.shipped", lambda: (root / "exercises", root / "solutions")
    )
    return root


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with its own home."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("GRADER_EXERCISES", raising=False)
    return work


@pytest.fixture
def grade(here: Path, capsys: pytest.CaptureFixture[str]) -> Grade:
    """Run a command in this process."""
    assert here.is_dir()

    def command(*arguments: str) -> Ran:
        code = run(arguments)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return command


@pytest.fixture
def program(here: Path) -> Grade:
    """Run a command in a separate process, from a pipe."""

    def command(*arguments: str, **changes: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "grader", *arguments],
            cwd=here,
            env=environment(**changes),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return command
