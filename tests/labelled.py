"""The labelled submissions: which there are, what their labels say, and grading many of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from grader.catalogue import exercises
from grader.exercise import ExerciseFolder
from grader.finding import Severity
from grader.report import Report
from grader.session import Asked, Session
from grader.submission import read_submission

Place = tuple[int | None, str]


class Labelled(NamedTuple):
    """A submission beside its exercise, and the findings that it must get: (line, rule)."""

    folder: ExerciseFolder
    path: Path
    expected: frozenset[Place]

    def __str__(self) -> str:
        return f"{self.folder.exercise.slug}/{self.path.parent.name}/{self.path.stem}"


def labels(path: Path) -> frozenset[Place]:
    """Read `# expect: rule, rule` off each line, and `# expect-file: rule` where there's none."""
    text = path.read_bytes().decode("utf-8", errors="replace")
    found: set[Place] = set()
    for number, line in enumerate(text.splitlines(), 1):
        for kind, rules in re.findall(r"# expect(-file)?: ([\w, -]+)", line):
            found |= {(None if kind else number, rule.strip()) for rule in rules.split(",")}
    return frozenset(found)


SHARES = {"first": 8, "later": 20}
"""One in how many labelled submissions of an exercise a plain run of the tests grades."""


def labelled(*, everything: bool = True) -> list[Labelled]:
    """Return the labelled submissions: all of them, or a share, a larger one of the first exercise.

    Verifying the exercises, and testing with `--everything`, take all.
    """
    found = _labelled()
    first = [each for each in found if each.folder.exercise.level == 1]
    later = [each for each in found if each.folder.exercise.level != 1]
    return found if everything else first[:: SHARES["first"]] + later[:: SHARES["later"]]


def _labelled() -> list[Labelled]:
    return [
        Labelled(folder, path, labels(path))
        for folder in exercises()
        for kind in ("mistakes", "accepted")
        for path in sorted((folder.folder / kind).glob("*.py"))
    ]


def places(report: Report) -> frozenset[Place]:
    """Return where the report's errors are, and of which rule."""
    return frozenset(
        (each.span.line if each.span else None, each.rule)
        for each in report.findings
        if each.severity is Severity.ERROR
    )


class Grades:
    """Reports on many submissions, graded two at a time in the background."""

    def __init__(self, session: Session, some: Iterable[Labelled], asked: Asked) -> None:
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._futures: dict[Path, Future[Report]] = {
            each.path: self._pool.submit(
                session.grade, read_submission(each.path), each.folder, asked
            )
            for each in some
        }

    def of(self, each: Labelled) -> Report:
        """Wait for a submission's report."""
        return self._futures[each.path].result()

    def close(self) -> None:
        """Drop what has not been started."""
        self._pool.shutdown(cancel_futures=True)
