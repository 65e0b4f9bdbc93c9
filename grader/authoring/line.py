"""One line of `grade verify`: a part of an exercise, and what is missing in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum, unique
from pathlib import Path

import msgspec


@unique
class State(StrEnum):
    """`skipped`: an earlier part has to be fixed first."""

    RIGHT = "right"
    WRONG = "wrong"
    SKIPPED = "skipped"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an exercise. `said` is what was found in a few words.

    Each of `problems` is a sentence that says what is wrong and names the fix.
    """

    name: str
    said: str
    problems: tuple[str, ...] = ()
    skipped: bool = False

    @property
    def state(self) -> State:
        """Whether the part is right."""
        if self.skipped:
            return State.SKIPPED
        return State.WRONG if self.problems else State.RIGHT


def unfinished(path: Path) -> Iterator[str]:
    """Name the lines of a file that still have TODO in them."""
    for number, line in enumerate(read(path).splitlines(), 1):
        todo = re.search(r"\bTODO\b:?\s*(.*)", line)
        if todo is not None:
            what = todo[1].strip(" #\"',") or "fill it in"
            yield f"{path.name} line {number} says TODO: {what}"


def read(path: Path) -> str:
    """Return the text of a file, empty if it is missing; invalid UTF-8 is replaced."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
