"""One of many gradings: whatever goes wrong is reported, and doesn't stop the others."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from functools import partial

from grader.catalogue import BrokenExercise
from grader.errors import (
    TRACEBACK_VARIABLE,
    NurseryBroken,
    ReferenceBroken,
    SandboxMissing,
    broken_words,
    reason,
)
from grader.grading.assembly import error_report
from grader.grading.handover import Handover
from grader.grading.machine import explained, lacks
from grader.grading.repair import repaired
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import Submission

Folder = ExerciseFolder | BrokenExercise


def graded(
    session: Session,
    submission: Submission,
    folder: Folder,
    request: GradingRequest,
    *,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    show: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Grade one file and, if asked for, check whether it passes once it is fixed.

    `show` gets the report before that is known.
    """
    if isinstance(folder, BrokenExercise):
        return error_report(submission, None, folder.reason, request)
    try:
        with Handover() as handover:
            report = grade(session, submission, folder, request, tell, handover=handover)
            if not request.repairs(report):
                return report
            show(report)
            passing = session.passing(folder, request)
            edited = request.of_edited
            again = partial(grade, session, folder=folder, request=edited, handover=handover)
            return repaired(report, submission, again, passing)
    except (NurseryBroken, ReferenceBroken, SandboxMissing) as error:
        why = explained(str(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours in one file's grading
        if os.environ.get(TRACEBACK_VARIABLE):
            traceback.print_exception(error)
        why = explained(reason(error)) if _is_scarcity(error) and lacks() else broken_words(error)
    return error_report(submission, folder.exercise, why, request)


def _is_scarcity(error: Exception) -> bool:
    """Whether an error may come of too little of something: descriptors, memory, threads."""
    no_thread = isinstance(error, RuntimeError) and "start new thread" in str(error)
    return no_thread or isinstance(error, (OSError, MemoryError))
