"""`grade(...)` for notebooks: the same grading as the command's, kept warm between calls."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from grader.beside import with_files
from grader.catalogue import catalogue
from grader.errors import NurseryBroken, SandboxMissing
from grader.grading.courses import listed_courses
from grader.grading.recognition import recognised
from grader.grading.repair import repaired
from grader.grading.request import Front, GradingRequest, offered
from grader.grading.session import Session
from grader.grading.whole import grade as graded
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import (
    Submission,
    Unreadable,
    Unrecognised,
    from_bytes,
    read_submission,
)
from grader.notebook.gather import CannotGrade, name_of, source_of
from grader.notebook.graded import Graded
from grader.progress import Progress

Target = Callable[..., object] | str | os.PathLike[str]


def grade(target: Target, **options: Any) -> Graded:  # noqa: ANN401 - the signature is below
    """Grade a function or a file, and return the result.

    A function of a notebook is graded from its source, together with the imports, helpers, classes
    and constants of the cells that it uses, in the same sandbox as any submission; nothing of the
    notebook's memory goes with it. `exercise` is a slug, if the function's name doesn't tell;
    `timeout` is a case's, in seconds; `exercises` are folders of a course's own.
    `progress=False` remembers nothing. The first call takes some seconds longer than the next.

    Raises `CannotGrade`, which says what is in the way.
    """
    _SIGNATURE.bind(target, **options)
    request = _request(options)
    known = catalogue(request.exercises).exercises
    try:
        submission = _submission(target, request.exercise, known)
        folder = _exercise(request.exercise, target, submission, known)
    except (Unreadable, Unrecognised) as error:
        raise CannotGrade(str(error)) from error
    return _remembered(submission, folder, request)


def grade_submission(submission: Submission, request: GradingRequest) -> Graded:
    """Grade a program. Raises `CannotGrade`, which says what is in the way."""
    known = catalogue(request.exercises).exercises
    try:
        folder = _exercise(request.exercise, submission.path, submission, known)
    except Unrecognised as error:
        raise CannotGrade(str(error)) from error
    return _remembered(submission, folder, request)


def _remembered(submission: Submission, folder: ExerciseFolder, request: GradingRequest) -> Graded:
    """Grade, keep the attempt, and be ready for the next version."""
    submission = with_files(submission, folder.exercise)
    report = _graded(submission, folder, request)
    if request.progress:
        with Progress.open() as remembered:
            remembered.record(report)
    _session().prewarm(submission, folder, request)
    return Graded(report)


def _options() -> list[Parameter]:
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=each.default, annotation=each.kind)
        for name, each in offered(Front.NOTEBOOK).items()
    ]


_SIGNATURE = signature(grade).replace(
    parameters=[*list(signature(grade).parameters.values())[:1], *_options()]
)
grade.__signature__ = _SIGNATURE  # type: ignore[attr-defined]


def _request(options: dict[str, Any]) -> GradingRequest:
    folders = tuple(Path(each) for each in options.get("exercises", ())) or listed_courses()
    return GradingRequest(**{**options, "exercises": folders})


def _submission(target: Target, slug: str | None, known: Sequence[ExerciseFolder]) -> Submission:
    if isinstance(target, str | os.PathLike):
        return read_submission(Path(target))
    name = name_of(target)
    asked = [each for each in known if slug in each.names] or _asking_for(name, known)
    beside = [each.name for each in asked[0].exercise.functions] if len(asked) == 1 else []
    return from_bytes(f"{name} (notebook)", source_of(target, beside).encode())


def _asking_for(name: str, known: Sequence[ExerciseFolder]) -> list[ExerciseFolder]:
    return [each for each in known if name in each.exercise.written]


def _exercise(
    slug: str | None, target: Target, submission: Submission, known: Sequence[ExerciseFolder]
) -> ExerciseFolder:
    """Choose by the slug, by the function's name, or by what the file defines."""
    if slug is not None:
        found = [each for each in known if slug in each.names]
        if not found:
            slugs = ", ".join(each.exercise.slug for each in known)
            raise Unrecognised(f"there is no exercise {slug}; there are {slugs}")
        return found[0]
    if not isinstance(target, str | os.PathLike):
        found = _asking_for(name_of(target), known)
        if len(found) == 1:
            return found[0]
    return recognised(submission, known)


def _graded(submission: Submission, folder: ExerciseFolder, request: GradingRequest) -> Report:
    """Grade in the warm session; in a new one if an interrupt or a kill has ended that."""
    try:
        return _repaired(submission, folder, request)
    except NurseryBroken:
        _end()
        return _repaired(submission, folder, request)
    except SandboxMissing as error:
        raise CannotGrade(str(error)) from error
    except KeyboardInterrupt:
        _end()
        raise


def _repaired(submission: Submission, folder: ExerciseFolder, request: GradingRequest) -> Report:
    session = _session()
    report = graded(session, submission, folder, request)
    if not request.repairs(report):
        return report
    again = partial(graded, session, folder=folder, request=request.of_edited)
    return repaired(report, submission, again, session.passing(folder, request))


@cache
def _session() -> Session:
    session = Session()
    atexit.register(session.close)
    return session


def _end() -> None:
    session = _session()
    _session.cache_clear()
    atexit.unregister(session.close)
    session.close()
