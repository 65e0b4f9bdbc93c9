"""CSV with everything: a row for each student and exercise, also for who handed in nothing.

`verdict` is a report's, or `not handed in`. `student` is empty for a file of nobody. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from grader.gradebook.classroom import Result, Student
from grader.gradebook.outcome.exports.grades import Exported, Grades, number
from grader.gradebook.outcome.exports.sheet import write_sheet

NAME = "grades.csv"

HEAD = [
    *("student", "name", "id", "email", "login", "section"),
    *("exercise", "verdict", "score", "points", "max_points", "rules"),
    *("path", "sha256", "attempt", "late", "handed_in_at", "graded_at"),
]
MISSING = "not handed in"


def export(grades: Grades, target: Path) -> Exported:
    """Write the table."""
    write_sheet(chain([HEAD], _rows(grades)), target)
    return Exported((target,))


def _rows(grades: Grades) -> Iterator[list[str]]:
    exercises = grades.exercises()
    only = exercises[0] if len(exercises) == 1 else ""
    seen: dict[str, set[str]] = {}
    students = {each.key: each for each in grades.absent}
    for result in filter(lambda each: each.counts, grades.results):
        student, exercise = result.handed.student, result.exercise or only
        if student is not None:
            students[student.key] = student
            seen.setdefault(student.key, set()).add(exercise)
        yield [*_who(student), exercise, *_what(grades, result)]
    for key, student in students.items():
        for exercise in exercises or ("",):
            if exercise not in seen.get(key, ()):
                rest = [""] * (len(HEAD) - 8)
                yield [*_who(student), exercise, MISSING, *rest]


def _who(student: Student | None) -> list[str]:
    if student is None:
        return [""] * 6
    names = [student.key, student.name, student.id]
    return [*names, student.email, student.login, student.section]


def _what(grades: Grades, result: Result) -> list[str]:
    earned = grades.has_points(result)
    return [
        result.verdict,
        f"{result.score:.4f}" if earned else "",
        number(result.score * grades.points) if earned else "",
        number(grades.points),
        ", ".join(result.rules),
        result.handed.path,
        result.sha256,
        str(result.handed.attempt),
        "yes" if result.handed.late else "no",
        _moment(result.handed.time),
        _moment(result.graded_at),
    ]


def _moment(time: float | None) -> str:
    if time is None:
        return ""
    try:
        return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return ""
