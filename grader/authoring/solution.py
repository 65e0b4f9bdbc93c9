"""Whether an exercise's solution passes, shows every check, and does the same in every process."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.authoring import parts
from grader.authoring.line import Line
from grader.authoring.survivors import SECONDS
from grader.checks import CHECKS
from grader.compare import numbers
from grader.errors import ReferenceBroken
from grader.evidence import results
from grader.grading.observed import observed
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.model.case import ArrayValue
from grader.model.exercise import Array, ExerciseFolder, leaves
from grader.model.finding import Severity
from grader.model.report import Report, Status, Verdict
from grader.model.submission import read_submission
from grader.render.words import case_text
from grader.rules import AUTHORS


def solution_line(*problems: str) -> Line:
    """Return the line on it, with what is wrong."""
    said = "passes, and is the same in two processes"
    return Line(name="solution", said=said, problems=problems)


def unanswered(folder: ExerciseFolder, error: ReferenceBroken) -> str:
    """Say that it doesn't answer a case."""
    name = folder.solution.name
    return f"{name} does not answer every case: {error}; fix it, or the declaration"


class Solution:
    """Whether the solution passes, shows every check, and does the same in every process."""

    def __init__(self, folder: ExerciseFolder, session: Session) -> None:
        self._folder = folder
        self._session = session
        self._asked = GradingRequest()

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with it."""
        problems = list(parts.program_problems(self._folder, self._folder.solution))
        yield from problems
        if problems:
            return
        path = self._folder.solution
        try:
            report = grade(self._session, read_submission(path), self._folder, self._asked)
        except ReferenceBroken as error:
            yield unanswered(self._folder, error)
            return
        if report.fault:
            yield f"{report.fault}, on what {path.name} does: fix the check"
        elif report.verdict is not Verdict.PASSED:
            for each in report.findings:
                if each.severity is Severity.ERROR:
                    where = f" line {each.span.line}" if each.span else ""
                    other = "checks.py" if each.rule == AUTHORS else "the declaration"
                    yield (
                        f"{path.name}{where} gets {each.rule} ({each.message}): fix the solution, "
                        f"or {other}"
                    )
        else:
            yield from _unobserved(report)
            for part in self._folder.parts:
                yield from self._without_numbers(part)
        if report.verdict is Verdict.PASSED and not all(
            self._is_deterministic(part) for part in self._folder.parts
        ):
            yield (
                f"{path.name} gives other numbers in another process: let them depend on the "
                "arguments only, and random ones on the seed"
            )

    def _without_numbers(self, part: ExerciseFolder) -> Iterator[str]:
        """Say that it gives NaN for finite arguments, where right programs may give anything.

        Unless the declaration says that the task is about such numbers.
        """
        arrays = [each for parameter in part.exercise.parameters for each in leaves(parameter)]
        if any(isinstance(each, Array) and each.non_finite for each in arrays):
            return
        reference = self._session.reference(part)
        plan = self._session.plan(part.exercise, self._asked)
        for case in (*plan.discriminating, *plan.edges, *plan.rest):
            if any(map(_has_nan, results.arrays(reference.answer(case)).values())):
                yield (
                    f"{part.solution.name} gives NaN with {case_text(case)}, "
                    "so other right programs may not: declare arguments for which the task has an "
                    "answer (largest_scale, below, sizes), or non_finite=True if it is about NaN"
                )
                return

    def _is_deterministic(self, part: ExerciseFolder) -> bool:
        submission = read_submission(part.solution)
        plan = self._session.plan(part.exercise, self._asked)
        cases = (*plan.discriminating, plan.edges[0])
        first, second = (
            [each.outcome for each in observed(side, cases, SECONDS)]
            for side in (self._session.submission_side(submission, part) for _ in range(2))
        )
        return first == second


def _has_nan(value: ArrayValue) -> bool:
    found = numbers(value)
    return found is not None and bool(np.isnan(found).any())


def _unobserved(report: Report) -> Iterator[str]:
    """Yield the checks that no program can pass: even the solution doesn't show them."""
    for each in report.checks:
        if each.status is Status.SKIPPED:
            yield (
                f"the check {each.name} ({each.title}) can't be observed here, and earns nobody "
                f"any points: it takes {CHECKS[each.check].needs}; leave it out of checks"
            )
