"""What is in a folder: its files, and what is passed over. Names alone; nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum, unique
from pathlib import Path
from typing import Final, NamedTuple

from grader.model.submission import Unreadable

NOT_ON_DISK: Final = frozenset({"/dev", "/proc", "/sys"})
_NO_SUBMISSIONS: Final = frozenset({"__init__.py", "__main__.py", "conftest.py", "setup.py"})
_NO_FOLDERS: Final = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages"})


@unique
class Kind(StrEnum):
    """What stands in a folder. A link to a folder is passed over, and so is all that is hidden."""

    FILE = "file"
    FOLDER = "folder"
    PASSED_OVER = "passed over"


class Seen(NamedTuple):
    """Something in a folder. `path` starts with the folder's own."""

    path: Path
    kind: Kind


def walk(folder: Path, problems: list[str], *, most_folders: int) -> Iterator[Seen]:
    """Yield all that is below a folder, but not what is below things that are passed over.

    What can't be read is added to `problems`. Raises `Unreadable` where there are too many folders.
    """
    waiting = [folder]
    looked = 0
    while waiting:
        looked += 1
        refuse_too_many(folder, looked, most_folders, "folders")
        for entry in _entries(waiting.pop(), problems):
            seen = Seen(Path(entry.path), _kind(entry))
            if seen.kind is Kind.FOLDER:
                waiting.append(seen.path)
            yield seen


def refuse_too_many(folder: Path, number: int, most: int, noun: str) -> None:
    """Raise `Unreadable` for a whole disk or a home, which isn't a folder of submissions."""
    if number > most:
        raise Unreadable(
            f"{folder} has more than {most:,} {noun} in it: "
            "name the folder that the submissions are in"
        )


def is_no_submission(name: str) -> bool:
    """Whether a Python file's name says that nobody hands it in."""
    return name in _NO_SUBMISSIONS or name.startswith("test_") or name.endswith("_test.py")


def is_made_by_tools(name: str) -> bool:
    """Whether a file's or a folder's name says that it is hidden, or that a tool made it."""
    made = name in _NO_FOLDERS or name.endswith((".egg-info", ".dist-info"))
    return made or name.startswith(".")


def leads_out(path: Path) -> bool:
    """Whether a path is a link to something that isn't in the link's own folder."""
    if not path.is_symlink() or not path.exists():
        return False
    return not path.resolve().is_relative_to(path.parent.resolve())


def leading_out(path: Path) -> Unreadable:
    """Say that a link isn't followed.

    Somebody who hands in a link instead of a file would see what it leads to.
    """
    return Unreadable(
        f"{path} is a link that leads out of its folder, and is not followed",
        "put the file itself there, instead of the link",
    )


def _entries(folder: Path, problems: list[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        problems.append(f"{folder} can't be read: {error.strerror}")
        return []


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_dir(follow_symlinks=False):
        return Kind.PASSED_OVER if _is_passed_over(entry) else Kind.FOLDER
    hidden = entry.name.startswith(".")
    return Kind.PASSED_OVER if hidden or os.path.isdir(entry.path) else Kind.FILE  # noqa: PTH112 - which never raises


def _is_passed_over(folder: os.DirEntry[str]) -> bool:
    made = is_made_by_tools(folder.name)
    made = made or os.path.abspath(folder.path) in NOT_ON_DISK  # noqa: PTH100 - which reads nothing
    return made or os.path.lexists(Path(folder.path) / "pyvenv.cfg")
