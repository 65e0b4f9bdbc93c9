"""Grades the versions of a file as they come: a newer one cancels the one that is under way."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, Protocol

from grader.beside import with_files
from grader.catalogue import BrokenExercise
from grader.errors import (
    Cancelled,
    CommandWrong,
    ExerciseBroken,
    NurseryBroken,
    ReferenceBroken,
    SandboxMissing,
)
from grader.grading.assembly import error_report
from grader.grading.grading import Grading
from grader.grading.handover import Handover
from grader.grading.repair import repaired
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import Several, grading_of
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import Submission, Unreadable, Unrecognised

_EMPTY_SECONDS: Final = 0.3

Call = Callable[[], None]
"""What a thread hands to the one that shows things."""


class Version(NamedTuple):
    """What a file holds now, and the exercise that it is for."""

    submission: Submission
    folder: ExerciseFolder | BrokenExercise


class Audience(Protocol):
    """Whoever shows the results. Only `remember` is called in the grading's thread."""

    def recognised(self, folder: ExerciseFolder) -> None:
        """Show which exercise it is."""

    def remember(self, report: Report, folder: ExerciseFolder) -> tuple[Report, str | None]:
        """Keep the attempt; return the report to show, and the offer of a hint."""

    def show(self, report: Report, offer: str | None) -> None:
        """Show a report. It comes again when it is known whether the fixed program passes."""

    def refuse(self, why: str) -> None:
        """Say why the file can't be graded."""

    def changed(self) -> None:
        """Look at the file again: it has changed while it was graded."""

    def broke(self, error: Exception) -> None:
        """Raise, or report, a fault of the grader's own."""


class Regrading:
    """The gradings of one file, each in a thread; only the last one that was started counts.

    `read` reads the file, `look` finds its exercise as well. They raise `CommandWrong`,
    `Unreadable` and `Unrecognised`. `deliver` hands a call to the audience's thread. `_lock` guards
    which grading counts: the one with the number, and its processes, which `_grading` holds.
    """

    def __init__(
        self,
        session: Session,
        audience: Audience,
        *,
        read: Callable[[], Submission],
        look: Callable[[], Version],
        deliver: Callable[[Call], None],
    ) -> None:
        self._session = session
        self._read = read
        self._look = look
        self._audience = audience
        self._deliver = deliver
        self._lock = threading.RLock()  # a signal handler may come while it is held
        self._number = 0
        self._grading: Grading | Several | None = None
        self.under_way = False

    def start(self, submission: Submission, request: GradingRequest) -> None:
        """Grade a version of the file instead of the one before."""
        self.stop()
        self.under_way = True
        threading.Thread(
            target=self._grade, args=(self._number, submission, request), daemon=True
        ).start()

    def stop(self) -> None:
        """Cancel the current grading."""
        with self._lock:
            self._number += 1
            self.under_way = False
            grading, self._grading = self._grading, None
        if grading is not None:
            with contextlib.suppress(NurseryBroken):
                grading.cancel()

    def drop(self) -> None:
        """Let no result of the grading under way count, without waiting for anything."""
        with self._lock:
            self._number += 1

    # ----------------------------------------------------------------- in the grading's thread

    def _grade(self, number: int, submission: Submission, request: GradingRequest) -> None:
        try:
            self._grade_now(number, submission, request)
        except Cancelled:
            pass
        except (CommandWrong, ExerciseBroken, Unreadable, Unrecognised) as error:
            self._tell(number, partial(self._audience.refuse, str(error)), ends=True)
        except Exception as error:  # noqa: BLE001 - for the audience to raise
            self._deliver(partial(self._audience.broke, error))

    def _grade_now(self, number: int, submission: Submission, request: GradingRequest) -> None:
        """Grade, and get ready for the next version. Raises `Cancelled` if another one counts."""
        if not submission.source.text:
            time.sleep(_EMPTY_SECONDS)  # perhaps only emptied, and about to be written
            self._check(number)
        found, folder = self._look()
        self._compare(submission.alone, found.alone)
        if isinstance(folder, BrokenExercise):
            raise ExerciseBroken(f"an exercise is broken: {folder.reason}")
        self._tell(number, partial(self._audience.recognised, folder))
        with Handover() as handover:
            self._grade_and_fix(number, found, folder, request, handover)
        self._check(number)
        self._session.prewarm(found, folder, request)

    def _grade_and_fix(
        self,
        number: int,
        found: Submission,
        folder: ExerciseFolder,
        request: GradingRequest,
        handover: Handover,
    ) -> None:
        """Grade, show the report, and see whether the fixed program passes."""
        run = partial(self._run, number, folder, request, handover)
        report = self._report(run, found, folder, request)
        self._check(number)
        self._compare(found, with_files(self._read(), folder.exercise))
        report, offer = self._audience.remember(report, folder)
        self._tell(number, partial(self._audience.show, report, offer), ends=True)
        if request.repairs(report):
            again = partial(self._run, number, folder, request.of_edited, handover)
            later = repaired(report, found, again, self._session.passing(folder, request))
            if later is not report:
                self._check(number)
                self._tell(number, partial(self._audience.show, later, offer), ends=True)

    @staticmethod
    def _report(
        run: Callable[[Submission], Report],
        submission: Submission,
        folder: ExerciseFolder,
        request: GradingRequest,
    ) -> Report:
        try:
            return run(submission)
        except (NurseryBroken, ReferenceBroken, SandboxMissing) as error:
            return error_report(submission, folder.exercise, str(error), request)

    def _run(
        self,
        number: int,
        folder: ExerciseFolder,
        request: GradingRequest,
        handover: Handover,
        submission: Submission,
    ) -> Report:
        """Grade a text of the file, so that another version can cancel it."""
        grading = grading_of(self._session, submission, folder, request, handover, is_awaited=True)
        with self._lock:
            self._check(number)
            self._grading = grading
        return grading.run()

    def _tell(self, number: int, call: Call, *, ends: bool = False) -> None:
        """Call the audience in its thread, if this grading still counts then."""

        def tell() -> None:
            with self._lock:
                if number != self._number:
                    return
                if ends:
                    self._grading, self.under_way = None, False
            call()

        self._deliver(tell)

    def _check(self, number: int) -> None:
        """Raise `Cancelled` if another grading counts by now."""
        if number != self._number:
            raise Cancelled

    def _compare(self, seen: Submission, now: Submission) -> None:
        """Raise `Cancelled` if the file has changed since; it may be half written."""
        if seen.sha256 != now.sha256:
            self._deliver(self._audience.changed)
            raise Cancelled
