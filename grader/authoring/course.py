"""The exercises to verify: those that load, and those with a broken declaration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.catalogue import BrokenExercise, load_exercise, shipped
from grader.errors import ExerciseBroken
from grader.model.exercise import ExerciseFolder

Found = ExerciseFolder | BrokenExercise


def course(extra: Sequence[Path]) -> tuple[tuple[Found, ...], tuple[Found, ...]]:
    """Return the shipped exercises, and those of a course's own folders."""
    own = [(root / "exercises", root / "solutions") for root in extra]
    return tuple(_found(*shipped())), tuple(each for place in own for each in _found(*place))


def _found(root: Path, solutions: Path) -> Iterator[Found]:
    if not root.is_dir():
        return
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "__")):
            try:
                yield load_exercise(folder, solutions)
            except ExerciseBroken as error:
                yield BrokenExercise(folder, str(error))
