"""The guide's exercise: made, verified and graded by doing what the guide says, to the letter."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from author_guide import Run, follow, steps
from conftest import Ran

from grader.authoring import verify
from grader.authoring.mutants import Mutant, mutants
from grader.model.exercise import Exercise

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).resolve().parents[2] / "exercises" / "README.md"
EXERCISE = "course/exercises/dense_of_columns"
SOLUTION = "course/solutions/dense_of_columns.py"


def a_few(text: str, exercise: Exercise) -> tuple[Mutant, ...]:
    return mutants(text, exercise)[::15]


def assert_printed(expected: str, actual: str) -> None:
    """Compare; the dots stand for whatever differs from run to run."""
    caught = r"\d+ of \d+ caught(, \d+ are right)?"
    wanted = re.sub(caught, "all caught", expected)
    pattern = ".*?".join(re.escape(part) for part in wanted.split("…"))
    found = re.sub(caught, "all caught", actual)
    assert re.fullmatch(pattern, found, re.DOTALL), actual


def test_the_guide(grade: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "mutants", a_few)  # all of them take too long for a test
    codes = []
    for step in steps(GUIDE.read_text(encoding="utf-8"), f"{EXERCISE}/mistakes"):
        if not isinstance(step, Run):
            follow(step, SOLUTION)
            continue
        program, *words = step.command.split()
        if program == "export":
            monkeypatch.setenv(*words[0].split("=", 1))
            continue
        ran = grade(*words)
        assert ran.err == ""
        assert_printed(step.printed, ran.out)
        codes.append((words[0], ran.code))
    first = [("new", 0), ("verify", 0), ("start", 0), ("dense_of_columns.py", 1)]
    last = [
        ("new", 0),
        ("two_layers.py", 1),
        ("new", 0),
        ("linear_model.py", 1),
        ("new", 0),
        ("split_heads.py", 0),
        ("new", 0),
        ("hand_in/my_answer.py", 1),
    ]
    mapped_twice = "course/exercises/counted_scores/mistakes/mapped_twice.py"
    assert codes == [*first, ("new", 0), ("counted_scores.py", 1), (mapped_twice, 1), *last]
    monkeypatch.delenv("GRADER_EXERCISES")
    passed = grade(SOLUTION, "--exercises", "course")
    assert passed.code == 0
    assert "passed   8 of 8 checks" in passed.out
    other = grade("course/solutions/counted_scores.py", "--exercises", "course")
    assert other.code == 0
    assert "passed   7 of 7 checks" in other.out
    module = grade("course/solutions/two_layers.py", "--exercises", "course")
    assert module.code == 0
    assert "passed   6 of 6 checks" in module.out
    several = grade("course/solutions/linear_model.py", "--exercises", "course")
    assert several.code == 0
    assert "passed   15 of 15 checks" in several.out
    related = grade("course/solutions/split_heads.py", "--exercises", "course")
    assert related.code == 0
    assert "Proved" in related.out
