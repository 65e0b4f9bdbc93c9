"""The report on a submission during which workers of a cluster ended."""

from __future__ import annotations

from typing import Final

import msgspec

from grader.gradebook.cluster.seats import DEATHS
from grader.grading.assembly import error_report
from grader.grading.request import GradingRequest
from grader.model.exercise import Check, Exercise
from grader.model.report import CheckResult, Report, Status, Verdict
from grader.model.submission import Submission
from grader.rules import rule_by_id
from grader.rules.rule import Sighting

_NUMBERS: Final = {2: "two"}
_MESSAGE: Final = f"{_NUMBERS[DEATHS]} workers ended while they graded this program"
_REASON: Final = "the run ended before there was an answer"


def crashed(submission: Submission, exercise: Exercise, request: GradingRequest) -> Report:
    """Report that workers ended, the last of them with nothing else to do; no more is known."""
    finding = rule_by_id("crashed").finding(
        Sighting(
            message=_MESSAGE,
            details=("the second one graded nothing else at that time",),
            why="What the program did is not known: the computers that ran it didn't answer any "
            "more. A program that takes all memory of a machine does that.",
            help="grade the file on one machine, where the report shows more: grade FILE",
            evidence={"reason": _MESSAGE},
        )
    )
    blank = error_report(submission, exercise, _MESSAGE, request)
    return msgspec.structs.replace(
        blank,
        verdict=Verdict.FAILED,
        findings=(finding,),
        checks=tuple(_check(each) for each in blank.checks),
    )


def _check(result: CheckResult) -> CheckResult:
    failed = result.check is Check.RUNS
    return msgspec.structs.replace(
        result,
        status=Status.FAILED if failed else Status.SKIPPED,
        reason="" if failed else _REASON,
    )
