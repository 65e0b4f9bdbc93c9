"""Lists a class's folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from grader.errors import CommandWrong
from grader.folder import Kind, refuse_too_many, walk
from grader.gradebook.intake.entry import Entry, Listing, sorted_listing, without_files
from grader.gradebook.intake.stored import OnDisk
from grader.gradebook.own_files import looks_written_here
from grader.model.submission import Unreadable

MOST_FILES: Final = 1_000_000
"""Of a class. 200,000 students hand in a few files each."""
MOST_FOLDERS: Final = 1_000_000
_OURS: Final = ".grade"


def list_folder(folder: Path, passed_over: Iterable[Path]) -> Listing:
    """List a folder. Raises `CommandWrong` for a home, or one that has too much in it."""
    _refuse_home(folder)
    without = _below(folder, passed_over)
    entries: list[Entry] = []
    ours: list[str] = []
    left_out: list[str] = []
    problems: list[str] = []
    folders: set[str] = set()
    try:
        for seen in walk(folder, problems, most_folders=MOST_FOLDERS):
            path = _relative(seen.path, folder)
            if _is_among(path, without):
                continue
            match seen.kind:
                case Kind.FOLDER:
                    folders.add(path)
                case Kind.PASSED_OVER if seen.path.name != _OURS:
                    left_out.append(path + "/" * seen.path.is_dir())
                case Kind.FILE if _is_ours(seen.path):
                    ours.append(path)
                case Kind.FILE:
                    entries.append(Entry(path, OnDisk(seen.path), _changed(seen.path)))
                    refuse_too_many(folder, len(entries), MOST_FILES, "files")
    except Unreadable as error:
        raise CommandWrong(str(error)) from error
    paths = [each.path for each in entries]
    return sorted_listing(entries, left_out, problems, without_files(folders, [*paths, *ours]))


def _is_ours(path: Path) -> bool:
    """Whether a file is a page that an earlier call wrote into the class's folder."""
    made = path.suffix in {".html", ".zip"} and path.is_file() and not path.is_symlink()
    return made and looks_written_here(path)


def _refuse_home(folder: Path) -> None:
    """Raise `CommandWrong` for a home, or what a home is in: nobody hands in such a folder."""
    try:
        home = Path.home().resolve()
    except (OSError, RuntimeError):
        return
    if home.is_relative_to(folder.resolve()):
        raise CommandWrong(
            f"{folder} is your home, or your home is in it: "
            "name the folder that the submissions are in"
        )


def _relative(path: Path, folder: Path) -> str:
    """Return the path in the folder as text; bytes that aren't UTF-8 as Python escapes them."""
    name = path.relative_to(folder).as_posix()
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _below(folder: Path, passed_over: Iterable[Path]) -> frozenset[str]:
    """Return which of the paths are in the folder, as its own entries' paths are written."""
    real = Path(os.path.realpath(folder))
    resolved = [Path(os.path.realpath(each)) for each in passed_over]
    return frozenset(_relative(each, real) for each in resolved if each.is_relative_to(real))


def _is_among(path: str, without: frozenset[str]) -> bool:
    """Whether the path, or a folder on the way to it, is one of those that are passed over."""
    parts = path.split("/") if without else []
    return any("/".join(parts[:number]) in without for number in range(1, len(parts) + 1))


def _changed(path: Path) -> float | None:
    try:
        return path.lstat().st_mtime
    except OSError:
        return None
