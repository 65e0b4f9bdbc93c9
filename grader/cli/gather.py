"""The files that a command names: submissions, missing files, and files that are left out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.cli.early import STDIN
from grader.cli.missing import no_such_file
from grader.cli.problem import visible
from grader.errors import reason
from grader.folder import (
    Kind,
    is_no_submission,
    leading_out,
    leads_out,
    refuse_too_many,
    walk,
)
from grader.gradebook.words import listed
from grader.model.decoding import LARGEST
from grader.model.submission import Submission, Unreadable, from_bytes, of_text, read_submission

_MOST_FILES: Final = 5_000
_MOST_FOLDERS: Final = 20_000
"""Looked through in a few seconds; a course's submissions are far fewer."""


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, in the order in which it was named; each file once.

    `problems` say in a line each what could not be read; `left_out` are files of a folder that
    nobody hands in.
    """

    submissions: tuple[Submission, ...]
    problems: tuple[str, ...]
    left_out: tuple[Path, ...]

    @property
    def note(self) -> str:
        """Name what is left out; empty if nothing is."""
        if not self.left_out:
            return ""
        names = listed(map(str, self.left_out))
        return f"not submissions, so skipped: {names} (name a file to grade it)"


def gather(paths: Sequence[Path], functions: Sequence[str] = ()) -> Gathered:
    """Read the files, and those of folders. One unreadable file doesn't stop the others.

    `functions` are the ones to extract from a notebook.
    """
    found: dict[str, Submission] = {}
    problems: list[str] = []
    left_out: list[Path] = []
    for path in paths:
        try:
            if os.path.isdir(path):  # noqa: PTH112 - which never raises
                _add(found, _of_folder(path, left_out, problems))
            else:
                _add(found, [read(path, functions)])
        except Unreadable as error:
            problems.append(visible(str(error)))
    named = set(found)
    return Gathered(
        submissions=tuple(found.values()),
        problems=tuple(dict.fromkeys(problems)),
        left_out=tuple(each for each in left_out if os.path.realpath(each) not in named),
    )


def _add(found: dict[str, Submission], submissions: Sequence[Submission]) -> None:
    """Add what isn't there yet under any spelling of its path."""
    for each in submissions:
        found.setdefault(os.path.realpath(each.path), each)


def read(path: Path, functions: Sequence[str] = ()) -> Submission:
    """Read a file, or standard input for `-`; of a notebook, what defines `functions`.

    A link that leads out of its folder isn't followed. Raises `Unreadable`.
    """
    if str(path) == STDIN:
        return _read_stdin()
    if not os.path.lexists(path):
        raise Unreadable(no_such_file(path))
    if leads_out(path):
        raise leading_out(path)
    if path.suffix == ".ipynb" and path.is_file():
        from grader.notebook.file import read_notebook

        return read_notebook(path, functions)
    return read_submission(path)


def _read_stdin() -> Submission:
    if sys.stdin is None:
        raise Unreadable("standard input is closed: there is no submission to read from it")
    if sys.stdin.isatty():
        print("grade: reading a submission from the terminal; end it with Ctrl-D", file=sys.stderr)
    try:
        return from_bytes("<stdin>", sys.stdin.buffer.read(LARGEST + 1))
    except (OSError, ValueError) as error:
        raise Unreadable(f"standard input can't be read: {reason(error)}") from error


def _of_folder(folder: Path, left_out: list[Path], problems: list[str]) -> list[Submission]:
    """Read the Python files of a folder. Raises `Unreadable` if there are none.

    What can't be read in a folder fails by itself, and nobody else's file with it.
    """
    files = _python_files(folder, problems)
    left_out += [each for each in files if is_no_submission(each.name)]
    handed_in = [each for each in files if not is_no_submission(each.name)]
    if not files:
        raise Unreadable(f"there is no Python file in {folder}")
    if not handed_in:
        raise Unreadable(f"there is no submission in {folder}: only files such as {files[0].name}")
    return [_read_of_folder(each) for each in handed_in]


def _read_of_folder(path: Path) -> Submission:
    try:
        return read(path)
    except Unreadable as error:
        return of_text(str(path), b"", "", error.unfit)


def _python_files(folder: Path, problems: list[str]) -> list[Path]:
    """Return what ends in `.py` below the folder, by path; `Unreadable` if there are too many."""
    files: list[Path] = []
    unread: list[str] = []
    for path, kind in walk(folder, unread, most_folders=_MOST_FOLDERS):
        if kind is Kind.FILE and path.name.endswith(".py"):
            files.append(path)
            refuse_too_many(folder, len(files), _MOST_FILES, "Python files")
    problems += map(visible, unread)
    return sorted(files)
