"""Messages about missing files. Needs only the standard library."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.cli.problem import visible
from grader.suggestion import did_you_mean, nearest


def no_such_file(path: Path) -> str:
    """Say that `path` is missing, and name a file beside it with a similar name."""
    return f"no such file: {visible(str(path))}{did_you_mean(str(path), _files_beside(path))}"


def _files_beside(path: Path) -> list[str]:
    try:
        return [str(path.with_name(each.name)) for each in path.parent.glob("*.py")]
    except (OSError, ValueError):
        return []


def meant_command(files: Sequence[Path], commands: Sequence[str]) -> str | None:
    """Say which command the first word was meant for, None if it may be a file."""
    word = str(files[0])
    if os.path.lexists(files[0]) or word != files[0].name or "." in word:
        return None
    known = {each: each for each in commands} | {"help": "--help", "version": "--version"}
    meant = nearest(word, known)
    if meant is None:
        return None
    return f"{visible(word)} is neither a command nor a file; did you mean grade {known[meant]}?"
