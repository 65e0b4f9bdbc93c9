"""The labelled submissions of an exercise, and their labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from grader.model.exercise import ExerciseFolder
from grader.model.finding import Finding, Severity
from grader.model.report import Report

Place = tuple[int | None, str]
"""A line (None for the whole file) and the rule of the finding there."""

MISTAKES: Final = "mistakes"
ACCEPTED: Final = "accepted"

_LABEL = re.compile(r"# expect(-file)?: ([\w-]+(?:, *[\w-]+)*)")


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled submission, its exercise, and the findings that it must get."""

    folder: ExerciseFolder
    path: Path
    expected: frozenset[Place]

    def __str__(self) -> str:
        return f"{self.folder.exercise.slug}/{self.kind}/{self.path.stem}"

    @property
    def kind(self) -> str:
        """`mistakes` or `accepted`."""
        return self.path.parent.name


def read_labels(text: str) -> frozenset[Place]:
    """Read `# expect: rule, rule` from each line, and `# expect-file: rule` for the whole file."""
    found: set[Place] = set()
    for number, line in enumerate(text.splitlines(), 1):
        for kind, rules in _LABEL.findall(line):
            found |= {(None if kind else number, rule.strip()) for rule in rules.split(",")}
    return frozenset(found)


def labelled(folder: ExerciseFolder) -> tuple[Labelled, ...]:
    """Return the exercise's mistakes, then its accepted submissions, sorted by name."""
    return tuple(
        Labelled(folder=folder, path=path, expected=read_labels(path.read_text("utf-8", "replace")))
        for kind in (MISTAKES, ACCEPTED)
        for path in sorted((folder.folder / kind).glob("*.py"))
        if path.is_file()
    )


def places(report: Report) -> frozenset[Place]:
    """Return the places and rules of the report's errors."""
    return places_of(report.findings)


def places_of(findings: Iterable[Finding]) -> frozenset[Place]:
    """Return the places and rules of those that are errors."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    return frozenset((each.span.line if each.span else None, each.rule) for each in errors)
