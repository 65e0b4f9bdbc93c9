"""The grades of a class: what every export is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.errors import ReportNotWritten
from grader.gradebook.classroom import Result, Student
from grader.model.report import Verdict


class Exported(NamedTuple):
    """The files that were written, and what they don't say, a line each."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()


class Graded(NamedTuple):
    """A student's file that counts, with its points."""

    student: Student
    result: Result
    points: str


class Grades(msgspec.Struct, frozen=True, kw_only=True):
    """All results of a class, and what each exercise is worth.

    `absent` are the students without a file. Whether that is worth 0 points is for the teacher or
    the platform's own policy to say, so no export invents a 0 for them. With `anonymous`, what is
    said about an export names nobody.
    """

    results: Sequence[Result]
    absent: Sequence[Student] = ()
    points: float = 100.0
    anonymous: bool = False

    def exercises(self) -> tuple[str, ...]:
        """Return the exercises that anybody handed in, sorted."""
        counting = (each.exercise for each in self.results if each.counts)
        return tuple(sorted({*counting} - {""}))

    def graded(self, exercise: str) -> Iterator[Graded]:
        """Yield the files that count for an exercise, and that have a grade.

        A file of which nobody knows what it is for belongs to the only exercise, if there is one.
        """
        wanted = {exercise, ""} if self.exercises() == (exercise,) else {exercise}
        for result in self.results:
            student = result.handed.student
            if student is not None and result.exercise in wanted and self.has_points(result):
                yield Graded(student, result, number(result.score * self.points))

    @staticmethod
    def has_points(result: Result) -> bool:
        """Whether a file counts and was graded; the grader's own failure is nobody's 0 points."""
        return result.counts and result.verdict is not Verdict.ERROR

    def unsaid(self) -> Iterator[str]:
        """Say who has no row in a file for a platform, a line for each reason."""
        if self.absent:
            who = self.names(self.absent)
            yield f"no file from {who}: they have no row, so the platform keeps what it has"
        lost = [each for each in self.results if not each.exercise and each.counts]
        if lost and len(self.exercises()) > 1:
            yield f"{_files(len(lost))} for no exercise: see the csv export"
        counting = [each for each in self.results if each.counts]
        nobody = [each for each in counting if each.handed.student is None]
        if nobody:
            yield f"{_files(len(nobody))} of nobody: see the csv export"
        broken = [each for each in counting if each.verdict is Verdict.ERROR]
        if broken:
            yield f"{_files(len(broken))} could not be graded, and so got no points"

    def names(self, students: Sequence[Student], most: int = 5) -> str:
        """Return the first names of a list, and how many more there are."""
        if self.anonymous:
            return "1 student" if len(students) == 1 else f"{len(students)} students"
        shown = [each.name or each.key for each in students[:most]]
        more = len(students) - len(shown)
        return ", ".join([*shown, f"{more} more"] if more else shown)


def number(value: float) -> str:
    """Return a number of points with at most two digits after the point: `87.5`, `100`."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def in_the_way(path: Path) -> ReportNotWritten:
    """Return the error for a file that isn't an earlier export, and would be lost."""
    return ReportNotWritten(
        f"{path} holds something else, which would be lost: delete it, or name another file "
        "after --export FORMAT="
    )


def beside(target: Path, exercise: str, grades: Grades) -> Path:
    """Return the file for one exercise: the target itself if there is only one."""
    if len(grades.exercises()) < 2:
        return target
    return target.with_name(f"{target.stem}.{exercise}{target.suffix}")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
