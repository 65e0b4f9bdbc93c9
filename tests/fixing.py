"""Mends a program in the test's own process, as `grade` does in a sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.grading.repair import repaired
from grader.judge import judge
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.finding import Finding, Severity
from grader.model.report import (
    CaseCount,
    Environment,
    Equivalence,
    Equivalent,
    Output,
    Report,
    Verdict,
)
from grader.model.source import Source
from grader.model.submission import Submission, from_bytes
from tests.recordings.programs import transcript_of


def mended(text: str, cases: Iterable[Case], exercise: Exercise) -> Report:
    """Judge a program on some cases, mend it, and return the report with what came of it."""
    cases = tuple(cases)

    def grade(submission: Submission) -> Report:
        source = submission.source
        return report_on(source, judge(transcript_of(source.text, cases, exercise)), exercise)

    submission = from_bytes("submission.py", text.encode())
    return repaired(grade(submission), submission, grade)


def report_on(source: Source, findings: Sequence[Finding], exercise: Exercise) -> Report:
    """Return a report with these findings."""
    failed = any(each.severity is Severity.ERROR for each in findings)
    return Report(
        verdict=Verdict.FAILED if failed else Verdict.PASSED,
        score=0.0,
        summary="",
        exercise=exercise,
        path=source.name,
        sha256="",
        source=source,
        checks=(),
        findings=tuple(findings),
        equivalence=Equivalence(status=Equivalent.UNKNOWN, scope=""),
        cases=CaseCount(seed=0, generated=0, executed=0),
        output=Output(),
        environment=Environment(python="", jax="", flax="", hypothesis="", platform=""),
        duration_s=0.0,
    )
