"""What may come of rounding is run in XLA alone before anybody is accused of it."""

from __future__ import annotations

from typing import cast

import pytest

from grader.catalogue import exercises
from grader.grading.confirmation import depends_on_rounding
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.model.finding import Finding, Severity
from grader.model.report import Verdict
from grader.model.submission import read_submission
from grader.process.side import Side, Spent
from grader.rules import rule_by_id


class Ran:
    """A process that compiled for so many seconds."""

    def __init__(self, compiling: float) -> None:
        self.spent = Spent(call=1.0, compiling=compiling)


def sides(*compiling: float) -> list[Side]:
    return [cast("Side", Ran(each)) for each in compiling]


def found(rule: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule=rule, check=rule_by_id(rule).check, severity=severity, message="", help="")


@pytest.mark.parametrize("rule", ["raised", "wrong-values", "wrong-order", "stateful"])
def test_rounding_may_show_in_numbers_and_in_a_programs_own_checks(rule: str) -> None:
    assert depends_on_rounding([found(rule)], sides(0.0, 0.2))
    assert not depends_on_rounding([found(rule)], sides(0.0, 0.0))


@pytest.mark.parametrize("rule", ["per-example-params", "timed-out", "crashed"])
def test_it_shows_in_nothing_else(rule: str) -> None:
    assert not depends_on_rounding([found(rule)], sides(0.2))


def test_a_note_is_no_accusation() -> None:
    assert not depends_on_rounding([found("wrong-values", Severity.NOTE)], sides(0.2))


@pytest.mark.slow
def test_a_program_that_compares_both_kinds_of_runs_passes() -> None:
    """The weights of a compiled init are those of a plain one, bit by bit, if both run in XLA."""
    folder = next(each for each in exercises() if each.exercise.slug == "nn-vmap-ensemble")
    program = read_submission(folder.folder / "accepted" / "compiled_init_compared.py")
    with Session() as session:
        report = grade(session, program, folder, GradingRequest(cases=12))
    assert report.verdict is Verdict.PASSED
