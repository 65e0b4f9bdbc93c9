"""Every exercise's solution, and what it defines, passes from a helper."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grader.beside import with_files
from grader.catalogue import exercises
from grader.grading.guarded import graded
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder
from grader.model.report import Verdict
from grader.model.submission import read_submission

SOLUTIONS = [
    pytest.param(each, id=each.exercise.slug, marks=pytest.mark.slow if number else ())
    for number, each in enumerate(exercises())
]


@pytest.mark.parametrize("found", SOLUTIONS)
def test_a_solution_in_a_helper_passes(
    found: ExerciseFolder, session: Session, hand_in: Path
) -> None:
    exercise = msgspec.structs.replace(found.exercise, files=("helpers.py",))
    folder = msgspec.structs.replace(found, exercise=exercise)
    text = found.solution.read_text(encoding="utf-8")
    (hand_in / "helpers.py").write_text(text, encoding="utf-8")
    names = "".join(f"{each} = helpers.{each}\n" for each in exercise.written)
    (hand_in / "mine.py").write_text(f"import helpers\n\n{names}", encoding="utf-8")
    submission = with_files(read_submission(hand_in / "mine.py"), exercise)
    report = graded(session, submission, folder, GradingRequest(cases=12))
    assert [each.message for each in report.findings] == []
    assert report.verdict is Verdict.PASSED
    assert report.score == 1.0
