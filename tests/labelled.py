"""The labelled submissions that tests grade: all of them, or a few that show every rule."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

from grader import labels
from grader.authoring import grades
from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.labels import ACCEPTED, Labelled
from grader.model.report import Report
from grader.model.submission import read_submission

ACCEPTED_EACH = 3
"""Accepted submissions of each exercise in the sample."""


def labelled() -> list[Labelled]:
    """Return every labelled submission, the first exercise's first."""
    return [each for folder in exercises() for each in labels.labelled(folder)]


def sample() -> list[Labelled]:
    """Return few submissions that show every labelled rule and belong to every exercise.

    That holds whatever files are added: the first one that shows a rule is taken.
    """
    covered: set[str] = set()
    chosen: list[Labelled] = []
    for folder in exercises():
        found = labels.labelled(folder)
        chosen += [each for each in found if each.kind == ACCEPTED][:ACCEPTED_EACH]
        for each in found:
            rules = {rule for _, rule in each.expected}
            if rules - covered:
                chosen.append(each)
                covered |= rules
    return chosen


class Grades:
    """Reports on many submissions, graded two at a time in the background."""

    def __init__(self, session: Session, some: Iterable[Labelled], asked: GradingRequest) -> None:
        self._grades = grades.Grades(session, asked)
        self._futures: dict[Path, Future[Report]] = {}
        for each in some:
            (future,) = self._grades.begin(each.folder, [read_submission(each.path)])
            self._futures[each.path] = future

    def of(self, each: Labelled) -> Report:
        """Wait for a submission's report."""
        return self._futures[each.path].result()

    def close(self) -> None:
        """Drop what has not been started."""
        self._grades.close()
