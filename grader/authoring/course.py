"""The exercises to be verified: those that load, and those whose declaration is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from grader.catalogue import load_exercise, shipped
from grader.errors import ExerciseBroken
from grader.model.exercise import ExerciseFolder


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that should hold an exercise, and why it does not load."""

    folder: Path
    reason: str


Found = ExerciseFolder | Broken


def names_of(found: Found) -> set[str]:
    """Return what an exercise may be called by: its slug, and its folder's name in either case."""
    folder = found.folder.name
    names = {folder, folder.replace("_", "-")}
    return names if isinstance(found, Broken) else {*names, found.exercise.slug}


def slug_of(found: Found) -> str:
    """Return the slug, or what it would be by the folder's name."""
    if isinstance(found, Broken):
        return found.folder.name.replace("_", "-")
    return found.exercise.slug


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
                yield Broken(folder=folder, reason=str(error))
