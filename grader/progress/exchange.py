"""Progress as a JSON document that another machine can read: exported whole, merged on import.

A document may come from anybody, and its words reach the terminal: each is checked against the form
that the grader writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from grader.progress.paths import storable

FORMAT: Final = "grade-progress"
VERSION: Final = 1

_LATEST: Final = 253_000_000_000  # in the year 9987: later, a date can't be shown
Time = Annotated[float, Meta(ge=0, le=_LATEST)]
Slug = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=200)]
Path = Annotated[str, Meta(max_length=8192)]
"""An absolute path on the machine that wrote the document; bytes that aren't Unicode, as Python's
file names have them."""


class SavedAttempt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A graded file: when, under which hash, and with which errors."""

    time: Time
    exercise: Slug
    path: Path
    digest: Annotated[str, Meta(pattern=r"\A[0-9a-f]{0,64}\Z")]
    verdict: Literal["passed", "failed", "ungradable"]
    rules: tuple[Slug, ...]
    score: Annotated[float, Meta(ge=0, le=1)]


class SavedStart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A starter that was copied."""

    time: Time
    exercise: Slug
    path: Path


class SavedProgress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a learner's progress; `hints` says how many were shown of each exercise."""

    format: Literal["grade-progress"] = FORMAT
    version: Literal[1] = VERSION
    attempts: tuple[SavedAttempt, ...]
    starts: tuple[SavedStart, ...]
    hints: dict[Slug, Annotated[int, Meta(ge=0, le=1000)]]


Values = tuple[str | bytes | float, ...]

_ADD_ATTEMPT: Final = (
    "INSERT INTO attempts (time, exercise, path, digest, verdict, rules, score)"
    " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS"
    " (SELECT 1 FROM attempts WHERE time = ?1 AND exercise = ?2 AND digest = ?4)"
)
_ADD_START: Final = (
    "INSERT INTO starts (time, exercise, path) SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
    " (SELECT 1 FROM starts WHERE time = ?1 AND exercise = ?2)"
)
_ADD_HINTS: Final = (
    "INSERT INTO hints (exercise, shown) VALUES (?, ?)"
    " ON CONFLICT (exercise) DO UPDATE SET shown = max(shown, excluded.shown)"
)


def changes(saved: SavedProgress) -> Iterator[tuple[str, Values]]:
    """Yield the statements that add what isn't stored yet; of hints, the larger number counts."""
    for each in saved.attempts:
        rules = " ".join(each.rules)
        head = (each.time, each.exercise, storable(each.path))
        yield _ADD_ATTEMPT, (*head, each.digest, each.verdict, rules, each.score)
    for start in saved.starts:
        yield _ADD_START, (start.time, start.exercise, storable(start.path))
    for item in saved.hints.items():
        yield _ADD_HINTS, item


class NotProgress(ValueError):
    """The text isn't such a document; the words say why."""


def to_text(saved: SavedProgress) -> str:
    """Return the document, in ASCII."""
    return json.dumps(msgspec.to_builtins(saved), indent=1) + "\n"


def from_text(text: str | bytes) -> SavedProgress:
    """Read a document. Raises `NotProgress`."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NotProgress("it isn't JSON") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotProgress("grade progress export didn't write it")
    if found.get("version") != VERSION:
        raise NotProgress("another version of the grader wrote it")
    try:
        return msgspec.convert(found, SavedProgress)
    except (msgspec.ValidationError, UnicodeError, OverflowError) as error:
        raise NotProgress(f"it is damaged ({error})") from None
