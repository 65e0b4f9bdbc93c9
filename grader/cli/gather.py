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
from grader.model.decoding import LARGEST
from grader.model.submission import Submission, Unreadable, from_bytes, of_text, read_submission

_NO_SUBMISSIONS: Final = frozenset({"__init__.py", "__main__.py", "conftest.py", "setup.py"})
_NO_FOLDERS: Final = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages"})
_NOT_ON_DISK: Final = frozenset({"/dev", "/proc", "/sys"})
_MOST_NAMED: Final = 6
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
        names = [visible(str(each)) for each in self.left_out[:_MOST_NAMED]]
        more = len(self.left_out) - len(names)
        listed = ", ".join([*names, *([f"{more} more"] if more else [])])
        return f"left out, as no submission: {listed} (a file named by itself is graded)"


def gather(paths: Sequence[Path], functions: Sequence[str] = ()) -> Gathered:
    """Read the files, and those of folders. What can't be read keeps no other from being read.

    `functions` are what is taken out of a notebook.
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

    A link that leads out of its folder isn't followed: who hands in such a link in place of a file
    would be shown what it leads to. Raises `Unreadable`.
    """
    if str(path) == STDIN:
        return _read_stdin()
    if not os.path.lexists(path):
        raise Unreadable(no_such_file(path))
    if path.is_symlink() and path.exists() and not _inside(path):
        raise Unreadable(
            f"{path} is a link that leads out of its folder, and is not followed",
            "put the file itself there, in place of the link",
        )
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


def _inside(link: Path) -> bool:
    return link.resolve().is_relative_to(link.parent.resolve())


def _of_folder(folder: Path, left_out: list[Path], problems: list[str]) -> list[Submission]:
    """Read the Python files of a folder. Raises `Unreadable` if there are none.

    What can't be read in a folder fails by itself, and nobody else's file with it.
    """
    files = _python_files(folder, problems)
    left_out += [each for each in files if _is_no_submission(each.name)]
    handed_in = [each for each in files if not _is_no_submission(each.name)]
    if not files:
        raise Unreadable(f"there is no Python file in {folder}")
    if not handed_in:
        raise Unreadable(f"there is no submission in {folder}: only {files[0].name} and the like")
    return [_read_of_folder(each) for each in handed_in]


def _read_of_folder(path: Path) -> Submission:
    try:
        return read(path)
    except Unreadable as error:
        return of_text(str(path), b"", "", error.unfit)


def _python_files(folder: Path, problems: list[str]) -> list[Path]:
    """Return what ends in `.py` below the folder, by path.

    Hidden files and folders, those of packages, of virtual environments and of the kernel are
    passed over. Raises `Unreadable` where there are too many.
    """
    files: list[Path] = []
    waiting = [folder]
    looked = 0
    while waiting:
        looked += 1
        for entry in _entries(waiting.pop(), problems):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if not _is_passed_over(entry):
                    waiting.append(Path(entry.path))
            elif entry.name.endswith(".py") and not os.path.isdir(entry.path):  # noqa: PTH112 - which never raises
                files.append(Path(entry.path))
        _refuse_too_many(folder, looked, len(files))
    return sorted(files)


def _refuse_too_many(folder: Path, folders: int, files: int) -> None:
    """Raise `Unreadable` for a disk or a home folder, which aren't folders of submissions."""
    for number, most, noun in (
        (files, _MOST_FILES, "Python files"),
        (folders, _MOST_FOLDERS, "folders"),
    ):
        if number > most:
            raise Unreadable(
                f"{folder} has more than {most:,} {noun} in it: "
                "name the folder that the submissions are in"
            )


def _entries(folder: Path, problems: list[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        problems.append(f"{visible(str(folder))} can't be read: {error.strerror}")
        return []


def _is_passed_over(folder: os.DirEntry[str]) -> bool:
    name = folder.name
    made = name in _NO_FOLDERS or name.endswith((".egg-info", ".dist-info"))
    made = made or os.path.abspath(folder.path) in _NOT_ON_DISK  # noqa: PTH100 - which reads nothing
    return made or os.path.lexists(Path(folder.path) / "pyvenv.cfg")


def _is_no_submission(name: str) -> bool:
    return name in _NO_SUBMISSIONS or name.startswith("test_") or name.endswith("_test.py")
