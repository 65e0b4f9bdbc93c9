"""Classes to test with: students, and results whose reports are made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader.gradebook.classroom import HandedIn, Result, Student
from grader.model.finding import Severity
from grader.model.report import Report, Verdict
from tests.render.reports import EXERCISE, MISTAKEN, PROVED

SLUG = EXERCISE.slug


def student(name: str, *, number: str = "", id: str = "", key: str = "") -> Student:  # noqa: A002
    email = f"{name.lower().replace(' ', '.')}@example.org"
    return Student(key=key or email, name=name, id=id, email=email, number=number)


def result(
    who: Student | None,
    report: Report = PROVED,
    *,
    path: str = "",
    place: str = "",
    exercise: str = SLUG,
    counts: bool = True,
    attempt: int = 1,
    late: bool = False,
    time: float | None = 1_700_000_000.0,
) -> Result:
    path = path or f"{who.key if who else 'nobody'}/hw.py"
    named = msgspec.structs.replace(report, path=path)
    errors = [each.rule for each in report.findings if each.severity is Severity.ERROR]
    return Result(
        handed=HandedIn(
            path=path,
            student=who,
            attempt=attempt,
            order=attempt - 1,
            time=time,
            late=late,
            place=place or path,
        ),
        sha256=report.sha256,
        exercise=exercise,
        verdict=report.verdict,
        score=report.score,
        rules=tuple(dict.fromkeys(errors)),
        counts=counts,
        graded_at=1_700_000_100.0,
        report=lambda: named,
    )


def moodle(who: Student, report: Report = PROVED, file: str = "hw.py") -> Result:
    folder = f"{who.name}_{who.number}_assignsubmission_file"
    return result(who, report, path=f"{folder}/{file}", place=folder)


def canvas(who: Student, report: Report = PROVED, attachment: int = 900, late: str = "") -> Result:
    name = who.name.lower().replace(" ", "")
    return result(who, report, path=f"{name}_{late}{who.number}_{attachment}_hw.py")


ANNA = student("Anna Meier", number="4711", id="s-1")
BEN = student("Ben Öz", number="4712", id="s-2")
CLEO = student("Cleo Doe")

FAILED = MISTAKEN
PASSED = PROVED


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    return [each.verdict for each in results]
