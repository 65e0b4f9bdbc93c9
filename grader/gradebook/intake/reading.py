"""Reads a file that was handed in as a submission. Anything wrong with it becomes its report."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from grader.gradebook.intake.archive import Damaged
from grader.gradebook.intake.entry import Entry
from grader.gradebook.intake.filetype import FileType, file_type
from grader.gradebook.intake.inflate import TooLarge, refuse
from grader.gradebook.intake.stored import Stored, Zipped
from grader.model.decoding import LARGEST
from grader.model.filekind import HAND_IN, Unfit, other
from grader.model.submission import Submission, from_bytes, of_text
from grader.notebook.file import LARGEST_NOTEBOOK, notebook_from_bytes

_SMALLER: Final = "keep the function and what it needs; remove data, outputs and other large parts"

_PROGRAM: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def read_entry(entry: Entry, path: str, functions: Sequence[str], stored: Stored) -> Submission:
    """Read a file as a submission that is called `path`. Never raises for what is in it."""
    name = entry.name.lower()
    if name.endswith(".zip"):
        return _unread(entry, path, _zip(entry))
    try:
        data = stored.read(entry.origin, _most(entry))
    except TooLarge as error:
        return _unread(entry, path, _too_large(entry, error))
    except Damaged as error:
        return _unread(entry, path, Unfit(f"the file {error}", HAND_IN))
    if name.endswith(".ipynb"):
        return notebook_from_bytes(path, data, functions)
    return _from_bytes(entry, path, data)


def fault_of(entry: Entry) -> str:
    """Say what is wrong with a member of a zip by what the zip says of it; empty if nothing is."""
    if not isinstance(entry.origin, Zipped) or file_type(entry.name) is not FileType.PROGRAM:
        return entry.fault
    try:
        refuse(entry.origin.member, _most(entry))
    except Damaged as error:
        return str(error)
    return ""


def _most(entry: Entry) -> int:
    return LARGEST_NOTEBOOK if entry.name.lower().endswith(".ipynb") else LARGEST


def _from_bytes(entry: Entry, path: str, data: bytes) -> Submission:
    """Read a text. Without a program's name, it has to be a valid program to count as one."""
    read = from_bytes(path, data)
    if file_type(entry.name) is FileType.PROGRAM or _is_program(read):
        return read
    unfit = read.source.unfit or other(_noun(entry.name), HAND_IN)
    return of_text(path, data, read.source.text, unfit)


def _is_program(read: Submission) -> bool:
    """Whether a text is sure to be a program. `Name: Anna` is valid Python, too."""
    return any(isinstance(statement, _PROGRAM) for _, statement in read.source.bindings())


def _zip(entry: Entry) -> Unfit:
    return Unfit(f"the file {entry.fault or 'is a zip with no Python file in it'}", HAND_IN)


def _too_large(entry: Entry, error: TooLarge) -> Unfit:
    if file_type(entry.name) is FileType.PROGRAM:
        return Unfit(f"the file {error}", _SMALLER)
    return other(_noun(entry.name), HAND_IN)


def _noun(name: str) -> str:
    suffix = name.rpartition(".")[2] if "." in name else ""
    return f"a .{suffix} file" if 0 < len(suffix) < 10 else "a text"


def _unread(entry: Entry, path: str, unfit: Unfit) -> Submission:
    """Make a submission of a file that wasn't read.

    Its sha256 isn't the file's: it is that of what is known, so that no two of them are alike that
    may not be.
    """
    return of_text(path, f"{entry}: {unfit.message}".encode("utf-8", "replace"), "", unfit)
