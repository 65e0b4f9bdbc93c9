"""Which files are graded, and as which exercise."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.grading import GradeOptions, find_job, find_work
from grader.cli.problem import CommandWrong

ONE = "def sum_one(seed, x):\n    return x + x\n"
TWO = ONE.replace("sum_one", "sum_two")


def slugs(*paths: Path, exercise: str | None = None) -> list[str]:
    work = find_work(paths, GradeOptions(exercise=exercise))
    return [each.slug for each in work.jobs]


@pytest.mark.usefixtures("course")
def test_a_file_for_several_exercises_is_graded_as_those_beside_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"a": TWO, "b": ONE + TWO, "c": TWO, "d": ONE}.items():
        (here / f"{name}.py").write_text(text)
    assert slugs(here) == ["sum-two", "sum-two", "sum-two", "sum-one"]
    said = capsys.readouterr().err
    assert "b.py: the file has the functions of several exercises: sum-one, sum-two" in said
    assert "graded as sum-two (see --exercise)" in said


@pytest.mark.usefixtures("course")
def test_alone_it_needs_a_choice(here: Path) -> None:
    (here / "b.py").write_text(ONE + TWO)
    with pytest.raises(CommandWrong, match="say which exercise with --exercise"):
        find_job(here / "b.py", GradeOptions())
    assert slugs(here / "b.py", exercise="sum-one") == ["sum-one"]


@pytest.mark.usefixtures("course")
def test_a_notebook_is_told_how_it_is_graded(here: Path) -> None:
    (here / "mine.ipynb").write_text("{}")
    with pytest.raises(CommandWrong, match="from grader import grade"):
        find_job(here / "mine.ipynb", GradeOptions())
