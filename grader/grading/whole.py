"""The grading of a submission: its function, or each of several by itself and all together."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import msgspec

from grader.errors import Cancelled, NurseryBroken
from grader.grading.assembly import static_report
from grader.grading.grading import Grading
from grader.grading.handover import Handover
from grader.grading.merging import about, merged
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.together import Together, with_executed, with_spoiled
from grader.model.exercise import ExerciseFolder
from grader.model.observation import ClassUnfit, FunctionMissing, Loaded, SignatureWrong
from grader.model.report import Equivalence, Equivalent, Report, Verdict
from grader.model.submission import Submission
from grader.process.side import Side

Tell = Callable[[int, int], None]

_OF_ONE: Final = (Loaded, FunctionMissing, SignatureWrong, ClassUnfit)
"""How a file ends to load that other functions may be called of."""


def grade(
    session: Session,
    submission: Submission,
    folder: ExerciseFolder,
    request: GradingRequest,
    tell: Tell = lambda _done, _total: None,
    *,
    handover: Handover | None = None,
) -> Report:
    """Grade one submission.

    `tell` is called with the number of cases that ran and the total. Raises `ReferenceBroken`
    and `NurseryBroken`, which are not the submission's fault, and `SandboxMissing`.
    """
    return grading_of(session, submission, folder, request, handover).run(tell)


def grading_of(
    session: Session,
    submission: Submission,
    folder: ExerciseFolder,
    request: GradingRequest,
    handover: Handover | None = None,
    *,
    is_awaited: bool = False,
) -> Grading | Several:
    """Return the grading of a submission, which another thread can cancel.

    `is_awaited` if somebody looks at the file and waits for the report.
    """
    if folder.exercise.functions:
        return Several(session, submission, folder, request)
    return Grading(session, submission, folder, request, handover, is_awaited=is_awaited)


class Several:
    """The grading of a submission that writes several functions; another thread can cancel it."""

    def __init__(
        self,
        session: Session,
        submission: Submission,
        folder: ExerciseFolder,
        request: GradingRequest,
    ) -> None:
        self._session = session
        self._submission = submission
        self._folder = folder
        self._request = request
        self._parts = folder.parts
        self._grading: Grading | None = None
        self._sides: list[Side] = []
        self._keeping: set[str] = set()
        self._cancelled = False

    def cancel(self) -> None:
        """Stop the processes; `run` then raises `Cancelled` instead of returning."""
        self._cancelled = True
        if self._grading is not None:
            self._grading.cancel()
        for side in tuple(self._sides):
            side.end()

    def run(self, tell: Tell = lambda _done, _total: None) -> Report:
        """Grade. Raises what `Grading.run` raises."""
        began = time.perf_counter()
        reports = self._each(tell)
        try:
            reports = self._together(reports)
        except NurseryBroken:
            if not self._cancelled:
                raise
        self._check()
        return merged(self._folder.exercise, reports, time.perf_counter() - began)

    def _check(self) -> None:
        if self._cancelled:
            raise Cancelled

    # ------------------------------------------------------------------------------ each by itself

    def _each(self, tell: Tell) -> list[Report]:
        """Grade every function, until the file itself turns out not to load."""
        reports: list[Report] = []
        for part in self._parts:
            self._check()
            report, whole_file = self._graded(part, _from(len(reports), len(self._parts), tell))
            reports.append(about(report, "" if whole_file else part.exercise.part))
            if whole_file:
                reports += [self._as(report, each) for each in self._parts[len(reports) :]]
                break
        return reports

    def _graded(self, part: ExerciseFolder, tell: Tell) -> tuple[Report, bool]:
        """Grade one function, and say whether what was found is about the whole file."""
        grading = self._grading = Grading(self._session, self._submission, part, self._request)
        self._check()  # or it would not be cancelled with the one before
        report = grading.run(tell)
        if grading.touched:
            self._keeping.add(part.exercise.part)
        if grading.transcript is not None:
            return report, not isinstance(grading.transcript.loaded, _OF_ONE)
        empty = not self._submission.source.text.strip()
        return report, empty or "missing-function" not in report.rules

    def _as(self, report: Report, part: ExerciseFolder) -> Report:
        """Return the report on a file that can't be loaded, for another of its functions."""
        exercise = part.exercise
        blank = static_report(self._submission, exercise, report.findings, self._request)
        failed = {each.check: each for each in report.checks}
        checks = tuple(
            msgspec.structs.replace(
                each,
                status=failed[each.check].status if each.check in failed else each.status,
                reason=failed[each.check].reason if each.check in failed else each.reason,
            )
            for each in blank.checks
        )
        found = msgspec.structs.replace(
            blank, verdict=report.verdict, checks=checks, score=0.0, output=report.output
        )
        return about(found, "")

    # ------------------------------------------------------------------------------- all together

    def _together(self, reports: list[Report]) -> list[Report]:
        """Call those that are right in one process, and correct their reports."""
        pairs = list(zip(self._parts, reports, strict=True))
        right = [part for part, report in pairs if report.verdict is Verdict.PASSED]
        self._check()
        if len(right) < 2:
            return reports
        together = Together(self._session, self._submission, right, self._request, self._open)
        spoiled = together.spoiled()
        reports = [self._unlike_others(part, report) for part, report in pairs]
        if spoiled is not None:
            at = self._parts.index(spoiled.part)
            reports[at] = with_spoiled(reports[at], spoiled)
        return [with_executed(reports[0], together.executed), *reports[1:]]

    def _open(self, submission: Submission, part: ExerciseFolder) -> Side:
        self._check()
        side = self._session.submission_side(submission, part)
        self._sides.append(side)
        return side

    def _unlike_others(self, part: ExerciseFolder, report: Report) -> Report:
        """Claim no proof where another function keeps something, which a trace doesn't follow."""
        others = self._keeping - {part.exercise.part}
        if report.equivalence.status is not Equivalent.PROVED or not others:
            return report
        why = f"{min(others)} keeps something between calls"
        unknown = Equivalence(status=Equivalent.UNKNOWN, scope=why)
        return msgspec.structs.replace(report, equivalence=unknown)


def _from(done_before: int, parts: int, tell: Tell) -> Tell:
    """Return what tells of all functions while one of them is graded; each has as many cases."""
    return lambda done, total: tell(done_before * total + done, parts * total)
