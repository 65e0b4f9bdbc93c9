"""Many submissions graded in the background, a few at a time, in one session.

What was graded before, and would be graded in the same way, isn't graded again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, Self

from grader.authoring.kept import KeptReports
from grader.cache import cache_folder
from grader.grading.handover import Handover
from grader.grading.repair import repaired
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.model.effort import Effort
from grader.model.exercise import ExerciseFolder
from grader.model.report import Repaired, Report
from grader.model.submission import Submission

AT_A_TIME: Final = 3
"""Two processors stay busy: while a submission is judged here, the processes of two others run."""

Enough = Callable[[Report], bool]
"""Whether a report says all that is wanted of a submission."""


class Grades:
    """The reports on many submissions. Use it in a `with` block: it has threads.

    `tell` is called after each grading, in any thread.
    """

    def __init__(
        self, session: Session, asked: GradingRequest, tell: Callable[[], None] = lambda: None
    ) -> None:
        self._session = session
        self._asked = asked
        self._tell = tell
        self._pool = ThreadPoolExecutor(max_workers=AT_A_TIME)
        self._kept: dict[tuple[str, GradingRequest], KeptReports] = {}
        self._processes: dict[tuple[int, str], Handover] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Cancel what hasn't started, and wait for the rest."""
        self._pool.shutdown(cancel_futures=True)
        for each in self._processes.values():
            each.close()

    def begin(
        self,
        folder: ExerciseFolder,
        submission: Submission,
        efforts: Sequence[Effort] = (Effort.EVERYTHING,),
        enough: Enough = lambda _: True,
    ) -> Future[Report]:
        """Queue a submission for grading, with more effort until the report is `enough`."""
        return self._pool.submit(self._grade, self._keeping(folder, efforts), submission, enough)

    def begin_fixing(
        self,
        folder: ExerciseFolder,
        submission: Submission,
        efforts: Sequence[Effort],
        enough: Enough,
    ) -> tuple[Future[Report], Future[Report]]:
        """Queue a submission as `begin` does, and then what its report's edits make of it.

        The second result is the report with what that shows.
        """
        kept = self._keeping(folder, efforts)
        passing = self._session.passing(folder, self._asked)
        edited = self._keeps(folder, self._asked.of_edited)
        graded: Future[Report] = Future()

        def fix() -> Report:
            try:
                graded.set_result(self._grade(kept, submission, enough))
            except BaseException as error:
                graded.set_exception(error)
                raise
            again = partial(self._grade_quietly, edited)
            found = repaired(graded.result(), submission, again, passing)
            if found.repair.status is not Repaired.FAILS or found.repair.edits:
                return found
            # The edits were withdrawn, and may have been made for want of cases.
            closest = self._grade_quietly(kept[-1], submission)
            return repaired(closest, submission, again, passing)

        return graded, self._pool.submit(fix)

    def _keeping(self, folder: ExerciseFolder, efforts: Sequence[Effort]) -> list[KeptReports]:
        for part in folder.parts:
            self._session.reference(part)  # made once, here: two threads would make two
        return [self._keeps(folder, self._asked.with_effort(each)) for each in efforts]

    def _keeps(self, folder: ExerciseFolder, asked: GradingRequest) -> KeptReports:
        key = folder.exercise.slug, asked
        if key not in self._kept:
            self._kept[key] = KeptReports(folder, asked, cache_folder())
        return self._kept[key]

    def _grade_quietly(self, kept: KeptReports, submission: Submission) -> Report:
        """Return the report of the last time, if nothing has changed since; else grade."""
        report = kept.find(submission)
        if report is None:
            process = self._process(kept.folder)
            report = grade(self._session, submission, kept.folder, kept.request, handover=process)
            kept.keep(submission, report)
        return report

    def _process(self, folder: ExerciseFolder) -> Handover:
        """Return what keeps this thread's process: they are all programs of the course's author."""
        key = threading.get_ident(), folder.key
        return self._processes.setdefault(key, Handover(for_any_text=True))

    def _grade(self, kept: Sequence[KeptReports], submission: Submission, enough: Enough) -> Report:
        for each in kept:
            report = self._grade_quietly(each, submission)
            if enough(report):
                break
        self._tell()
        return report
