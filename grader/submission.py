"""A submission: a learner's file as it was read, and the exercise that it is for."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import msgspec

from grader.exercise import ExerciseFolder
from grader.source import Source

LARGEST: Final = 1 << 20
"""Bytes of the largest file that is graded; exercises are a page of text."""


class Unreadable(Exception):
    """There is no such file, or it can't be read: the command was wrong."""


class Unrecognised(Exception):
    """No exercise, or more than one, has the function that the file defines."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A file. `path` is as the user gave it; `problem` says why its bytes are no Python text."""

    path: str
    sha256: str
    source: Source
    problem: str | None = None


def read_submission(path: Path) -> Submission:
    """Read a file; `Unreadable` if there is none. Its text need not be Python, nor text."""
    if path.is_dir():
        raise Unreadable(f"{path} is a folder")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Unreadable(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(f"{path} can't be read: {reason}") from error
    return from_bytes(str(path), data)


def from_bytes(path: str, data: bytes) -> Submission:
    """Make a submission of a file's bytes."""
    text, problem = "", None
    if len(data) > LARGEST:
        problem = f"the file is larger than {LARGEST >> 10} kB"
    elif b"\0" in data:
        problem = "the file has null bytes in it: it is no text"
    else:
        try:
            text = importlib.util.decode_source(data)
        except (SyntaxError, UnicodeDecodeError, LookupError) as error:
            problem = f"the file's text can't be decoded: {error}"
    digest = hashlib.sha256(data).hexdigest()
    return Submission(path=path, sha256=digest, source=Source(path, text), problem=problem)


def recognise(source: Source, known: Sequence[ExerciseFolder]) -> ExerciseFolder:
    """Return the exercise whose function the file binds, or names almost.

    Raises `Unrecognised` if that is none, or several.
    """
    names = [name for name, _ in source.bindings()]
    found = [each for each in known if each.exercise.function in names]
    if len(found) == 1:
        return found[0]
    if found:
        slugs = ", ".join(each.exercise.slug for each in found)
        raise Unrecognised(f"the file has the functions of several exercises: {slugs}")
    return _by_likeness(source, names, known)


def _by_likeness(
    source: Source, names: Sequence[str], known: Sequence[ExerciseFolder]
) -> ExerciseFolder:
    """Choose by a name that is almost right, or by the text where it is no Python."""
    functions = {each.exercise.function: each for each in known}
    if source.tree is None:
        named = [each for name, each in functions.items() if name in source.text]
        if len(named) == 1:
            return named[0]
    for name in names:
        for close in get_close_matches(name, functions, n=1, cutoff=0.6):
            return functions[close]
    if len(known) == 1:
        return known[0]
    raise Unrecognised("the file has the function of no exercise that is known here")
