"""Assembles a report from the findings, the run and its environment."""

from __future__ import annotations

import platform
import sys
import time

from grader.cache import version_of
from grader.grading.request import GradingRequest
from grader.grading.stopwatch import Stopwatch
from grader.judge import assess
from grader.model.exercise import Exercise
from grader.model.finding import Finding
from grader.model.report import (
    CaseCount,
    CheckResult,
    Environment,
    Equivalence,
    Equivalent,
    Output,
    Report,
    Status,
    Verdict,
)
from grader.model.submission import Submission
from grader.model.transcript import Transcript
from grader.process.side import Side
from grader.sandbox.policy import Protection


def static_report(
    submission: Submission, exercise: Exercise, found: tuple[Finding, ...], request: GradingRequest
) -> Report:
    """Report on a file that clearly can't be graded, without running it."""
    return assembled(
        submission,
        Transcript(exercise=exercise, source=submission.source),
        found,
        equivalence=unknown(),
        cases=CaseCount(seed=request.seed, generated=0, executed=0),
        output=Output(),
        side=None,
        watch=Stopwatch(),
    )


def error_report(
    submission: Submission, exercise: Exercise | None, reason: str, request: GradingRequest
) -> Report:
    """Report that the grader or the exercise is broken, which says nothing about the submission.

    `exercise` is None if its declaration doesn't load.
    """
    return Report(
        verdict=Verdict.ERROR,
        score=0.0,
        summary=reason,
        exercise=exercise,
        path=submission.path,
        sha256=submission.sha256,
        digests=submission.digests,
        source=submission.source,
        checks=tuple(
            CheckResult(
                check=each.check, title=each.title, status=Status.SKIPPED, function=part.part
            )
            for part in (exercise.parts if exercise is not None else ())
            for each in part.checks
        ),
        findings=(),
        equivalence=unknown(),
        cases=CaseCount(seed=request.seed, generated=0, executed=0),
        output=Output(),
        environment=_environment(None),
        duration_s=0.0,
    )


def assembled(
    submission: Submission,
    transcript: Transcript,
    findings: tuple[Finding, ...],
    *,
    equivalence: Equivalence,
    cases: CaseCount,
    output: Output,
    side: Side | None,
    watch: Stopwatch,
) -> Report:
    """Assemble a report; `side` is the process that ran the submission, if any."""
    assessment = assess(findings, transcript)
    return Report(
        verdict=assessment.verdict,
        score=assessment.score,
        summary=assessment.summary,
        exercise=transcript.exercise,
        path=submission.path,
        sha256=submission.sha256,
        digests=submission.digests,
        source=submission.source,
        checks=assessment.checks,
        findings=findings,
        equivalence=equivalence,
        cases=cases,
        output=output,
        environment=_environment(side),
        duration_s=time.perf_counter() - watch.began,
        timings=watch.timings(),
    )


def unknown(scope: str = "the program was not traced") -> Equivalence:
    """Report that nothing is proved, and why."""
    return Equivalence(status=Equivalent.UNKNOWN, scope=scope)


def _environment(side: Side | None) -> Environment:
    """Return the versions that the submission ran with, or the installed ones if it didn't run."""
    ran = side.versions if side is not None else None
    active = tuple(each.name for each in side.protections if each.active) if side else ()
    missing = tuple(each.name for each in missing_protections(side)) if side else ()
    return Environment(
        python=ran.python if ran else platform.python_version(),
        jax=ran.jax if ran else version_of("jax"),
        flax=ran.flax if ran else version_of("flax"),
        hypothesis=version_of("hypothesis"),
        platform=ran.platform if ran else f"{sys.platform}-{platform.machine()}",
        protections=active,
        missing=missing,
    )


def missing_protections(side: Side) -> tuple[Protection, ...]:
    """Return the kernel's protections that are not active for a process."""
    return tuple(each for each in side.protections if each.kernel and not each.active)
