"""The labelled submissions that tests grade: all of them, or a few that show every rule."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from functools import cache
from pathlib import Path

from grader import labels
from grader.authoring import grades
from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.labels import ACCEPTED, Labelled
from grader.model.report import Report


@cache
def labelled() -> tuple[Labelled, ...]:
    """Return every labelled submission, the first exercise's first."""
    return tuple(each for folder in exercises() for each in labels.labelled(folder))


def sample() -> list[Labelled]:
    """Return few submissions that show every labelled rule and belong to every exercise.

    That holds whatever files are added: the first of those that show most rules is taken.
    """
    accepted = {each.folder.folder: each for each in reversed(labelled()) if each.kind == ACCEPTED}
    chosen = [accepted[folder.folder] for folder in exercises()]
    left = {rule for each in labelled() for _, rule in each.expected}
    while left:
        best = max(labelled(), key=lambda each: len(left & {rule for _, rule in each.expected}))
        chosen.append(best)
        left -= {rule for _, rule in best.expected}
    return chosen


class Grades:
    """Reports on many submissions, graded two at a time in the background."""

    def __init__(self, session: Session, some: Iterable[Labelled], asked: GradingRequest) -> None:
        self._grades = grades.Grades(session, asked)
        self._futures: dict[Path, Future[Report]] = {}
        for each in some:
            self._futures[each.path] = self._grades.begin(each.folder, each.submission)

    def of(self, each: Labelled) -> Report:
        """Wait for a submission's report."""
        return self._futures[each.path].result()

    def close(self) -> None:
        """Drop what has not been started."""
        self._grades.close()
