"""The labelled submissions of an exercise, and their labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from grader.beside import with_files
from grader.model.exercise import Exercise, ExerciseFolder
from grader.model.finding import Finding, Severity
from grader.model.report import Report
from grader.model.submission import Submission, read_submission

Place = tuple[int | None, str]
"""A line (None for the whole file) and the rule of the finding there."""

MISTAKES: Final = "mistakes"
ACCEPTED: Final = "accepted"

_LABEL = re.compile(r"# expect(-file)?: ([\w-]+(?:, *[\w-]+)*)")


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled submission, its exercise, and the findings that it must get.

    One of several files has a folder of its own, with those files; `path` is the program in it.
    Lines are counted through all files, the program first.
    """

    folder: ExerciseFolder
    path: Path
    expected: frozenset[Place]

    def __str__(self) -> str:
        return f"{self.folder.exercise.slug}/{self.kind}/{self.stem}"

    @property
    def _is_alone(self) -> bool:
        return self.path.parent.parent == self.folder.folder

    @property
    def kind(self) -> str:
        """`mistakes` or `accepted`."""
        return self.path.parent.name if self._is_alone else self.path.parent.parent.name

    @property
    def name(self) -> str:
        """What the exercise calls it: a file, or the folder of several."""
        return self.path.name if self._is_alone else self.path.parent.name

    @property
    def stem(self) -> str:
        """The name without the ending."""
        return self.name.removesuffix(".py")

    @property
    def submission(self) -> Submission:
        """The submission as a learner would hand it in. Raises `Unreadable`."""
        found = read_submission(self.path)
        return found if self._is_alone else with_files(found, self.folder.exercise)


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
        _labelled(folder, path)
        for kind in (MISTAKES, ACCEPTED)
        for path in _programs(folder, folder.folder / kind)
    )


def _programs(folder: ExerciseFolder, kind: Path) -> list[Path]:
    """Return the programs: a file each, or the only one in a folder that isn't a file beside it."""
    alone = [each for each in kind.glob("*.py") if each.is_file()]
    if not folder.exercise.files:
        return sorted(alone)
    folders = (program_in(each, folder.exercise) for each in kind.glob("*") if each.is_dir())
    several = [each for each in folders if each is not None]
    return sorted([*alone, *several], key=lambda each: each.relative_to(kind).parts[0])


def program_in(folder: Path, exercise: Exercise) -> Path | None:
    """Return the program of a folder with a labelled submission, None if it isn't clear."""
    found = [each for each in folder.glob("*.py") if each.name not in exercise.files]
    return found[0] if len(found) == 1 and found[0].is_file() else None


def _labelled(folder: ExerciseFolder, path: Path) -> Labelled:
    without = Labelled(folder=folder, path=path, expected=frozenset())
    if path.parent.parent == folder.folder:
        text = path.read_text("utf-8", "replace")
    else:
        text = "\n".join(without.submission.source.lines)
    return Labelled(folder=folder, path=path, expected=read_labels(text))


def places(report: Report) -> frozenset[Place]:
    """Return the places and rules of the report's errors."""
    return places_of(report.findings)


def places_of(findings: Iterable[Finding]) -> frozenset[Place]:
    """Return the places and rules of those that are errors."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    return frozenset((each.span.line if each.span else None, each.rule) for each in errors)
