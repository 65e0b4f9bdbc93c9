"""The nouns of a class: students, what they handed in, and the results."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from grader.model.report import Report, Verdict
from grader.model.submission import Submission


class Student(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Somebody in the class.

    `key` is what the gradebook calls them, different for each: the roster's or the platform's id,
    or else the email address, the name, or what the path calls them. `number` is the platform's
    own number of the person or of the hand-in, which its importer wants back; `login` is what they
    log in with (Canvas' SIS Login ID, the name on GitHub), `section` their group or groups. All are
    empty if unknown.
    """

    key: str
    name: str = ""
    id: str = ""
    email: str = ""
    number: str = ""
    login: str = ""
    section: str = ""


class HandedIn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file that was handed in. `path` is relative to the folder or the zip, with `/`.

    `student` is None for a file that belongs to nobody. A group's file is there once for each of
    them, so path and student tell one from all others. `attempt` counts the hand-ins of a student
    as far as the platform numbers them, `time` is Unix time where the platform or the file system
    tells. `order` counts a student's files from the oldest, 0, to the newest. `place` is the part
    of the path that the platform needs to give feedback back: its folder or its file name.
    """

    path: str
    student: Student | None
    attempt: int = 1
    time: float | None = None
    late: bool = False
    place: str = ""
    order: int = 0


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in a folder or a zip. Nothing is dropped silently.

    `layout` names the platform whose layout it is, in words; `plain` says that it is none.
    `left_out` are files that nobody hands in, and folders, which end in `/`. `problems` say in a
    line each what is wrong with a part of it. `absent` handed in nothing: they are on the roster,
    or there is only an empty folder.
    `read` returns a file of it as a submission, whose path starts with that of the folder or zip;
    it never raises, and several threads may call it.
    """

    layout: str
    files: tuple[HandedIn, ...]
    read: Callable[[HandedIn], Submission]
    left_out: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    absent: tuple[Student, ...] = ()
    plain: bool = False


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one file, as the gradebook holds it.

    `counts` is false for a file in whose place the same student handed in a newer one for the same
    exercise. `rules` are those of the errors, the cause first. `score` is from 0 to 1, `graded_at`
    Unix time. `report` reads the whole report, which is large.
    """

    handed: HandedIn
    sha256: str
    exercise: str
    verdict: Verdict
    score: float
    rules: tuple[str, ...]
    counts: bool
    graded_at: float
    report: Callable[[], Report]
