"""What is in a class's folder or zip: names and places of the files, read before any content is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import CommandWrong, reason
from grader.folder import Kind, is_made_by_tools, refuse_too_many, walk
from grader.gradebook.archive import Damaged, Member, members
from grader.gradebook.stored import NestedArchive, OnDisk, Origin, Stored, Zipped
from grader.model.submission import Unreadable

MOST_FILES: Final = 1_000_000
"""Of a class. 200,000 students hand in a few files each."""
MOST_FOLDERS: Final = 1_000_000
MOST_INSIDE: Final = 2_000
"""Files in a zip that a student handed in."""
_OURS: Final = ".grade"


class Entry(msgspec.Struct, frozen=True):
    """A file in the folder or zip. `path` is relative, and text that any encoding can hold.

    `inside` is the path of the zip that the file is in, if that is in the folder or zip itself.
    `fault` says of such a zip why it can't be opened; empty if it can, and of every other file.
    """

    path: str
    origin: Origin
    time: float | None
    inside: str = ""
    fault: str = ""

    @property
    def name(self) -> str:
        """The file's name, without folders."""
        return self.path.rpartition("/")[2]


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """All files, by path. `empty` are folders that no file is below."""

    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]
    problems: tuple[str, ...]
    empty: tuple[str, ...] = ()


def listing(path: Path, passed_over: Iterable[Path] = ()) -> Listing:
    """List a folder or a zip. Raises `CommandWrong` if it is neither, or can't be read."""
    if not os.path.lexists(path):
        raise CommandWrong(f"there is no folder or zip {path}")
    found = _folder(path, passed_over) if path.is_dir() else _zip(path)
    return _with_archives(found)


# ------------------------------------------------------------------------------------ a folder


def _folder(folder: Path, passed_over: Iterable[Path]) -> Listing:
    _refuse_home(folder)
    without = {os.path.realpath(each) for each in passed_over}
    entries: list[Entry] = []
    left_out: list[str] = []
    problems: list[str] = []
    folders: set[str] = set()
    try:
        for seen in walk(folder, problems, most_folders=MOST_FOLDERS):
            path = _relative(seen.path, folder)
            if without and _is_among(seen.path, folder, without):
                continue
            match seen.kind:
                case Kind.FOLDER:
                    folders.add(path)
                case Kind.PASSED_OVER if seen.path.name != _OURS:
                    left_out.append(path + "/" * seen.path.is_dir())
                case Kind.FILE:
                    entries.append(Entry(path, OnDisk(seen.path), _changed(seen.path)))
                    refuse_too_many(folder, len(entries), MOST_FILES, "files")
    except Unreadable as error:
        raise CommandWrong(str(error)) from error
    return _sorted(entries, left_out, problems, _empty(folders, entries))


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
    """Return the path in the folder as text; bytes that are no UTF-8 as Python escapes them."""
    name = path.relative_to(folder).as_posix()
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _is_among(path: Path, folder: Path, without: set[str]) -> bool:
    """Whether the path, or a folder on the way to it, is one of those that are passed over."""
    real = Path(os.path.realpath(folder)) / path.relative_to(folder)
    return any(str(each) in without for each in (real, *real.parents))


def _changed(path: Path) -> float | None:
    try:
        return path.lstat().st_mtime
    except OSError:
        return None


# --------------------------------------------------------------------------------------- a zip


def _zip(path: Path) -> Listing:
    if not path.is_file():
        raise CommandWrong(f"{path} is neither a folder nor a zip")
    try:
        with path.open("rb") as file:
            found = members(file, MOST_FILES)
    except Damaged as error:
        raise CommandWrong(f"{path} {error}; name a folder or a zip of submissions") from error
    except OSError as error:
        raise CommandWrong(f"{path} can't be read: {reason(error)}") from error
    return _of_members(found, path, "")


def _of_members(found: Iterable[Member], archive: Path | NestedArchive, prefix: str) -> Listing:
    """List a zip's members, with `prefix` before their paths."""
    by_path: dict[str, Member] = {}
    left_out: dict[str, None] = {}
    problems: list[str] = []
    folders: set[str] = set()
    for each in found:
        path = prefix + _normal(each.path)
        if each.leads_out:
            problems.append(f"{prefix}{each.path}: this path leads out of the zip; it is left out")
        elif passed_over := _passed_over(path):
            left_out[passed_over] = None
        elif each.folder:
            folders.add(path)
        else:
            if path in by_path:
                problems.append(f"{path} is in the zip twice: the last one is taken")
            by_path[path] = each
    entries = [
        Entry(path, Zipped(archive, each), each.time, prefix.rstrip("/"))
        for path, each in by_path.items()
    ]
    return _sorted(entries, left_out, problems, _empty(folders, entries))


def _normal(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def _passed_over(path: str) -> str:
    """Return the first part of the path that is hidden or made by tools, with what leads to it."""
    parts = path.split("/")
    for number, part in enumerate(parts, 1):
        if is_made_by_tools(part):
            return "/".join(parts[:number]) + "/" * (number < len(parts))
    return ""


# ------------------------------------------------------------------------- zips among the files


def _with_archives(found: Listing) -> Listing:
    """List what is in the zips that were handed in, beside the zips themselves."""
    entries: list[Entry] = []
    left_out: list[str] = [*found.left_out]
    problems: list[str] = [*found.problems]
    for each in found.entries:
        if not each.name.lower().endswith(".zip"):
            entries.append(each)
            continue
        try:
            inside = _inside(each, MOST_FILES - len(entries))
        except Damaged as error:
            entries.append(msgspec.structs.replace(each, fault=str(error)))
            continue
        entries += [each, *inside.entries]
        left_out += inside.left_out
        problems += inside.problems
    return _sorted(entries, left_out, problems, found.empty)


def _inside(archive: Entry, most: int) -> Listing:
    """List a zip that was handed in. Raises `Damaged`."""
    nested = NestedArchive(archive.origin)
    try:
        with Stored().archive(nested) as file:
            found = members(file, min(most, MOST_INSIDE))
    except OSError as error:
        raise Damaged(f"can't be read: {reason(error)}") from error
    return _of_members(found, nested, f"{archive.path}/")


def _empty(folders: set[str], entries: Iterable[Entry]) -> set[str]:
    filled: set[str] = set()
    for each in entries:
        above = each.path.rpartition("/")[0]
        while above and above not in filled:
            filled.add(above)
            above = above.rpartition("/")[0]
    return folders - filled


def _sorted(
    entries: Iterable[Entry], left_out: Iterable[str], problems: Iterable[str], empty: Iterable[str]
) -> Listing:
    return Listing(
        entries=tuple(sorted(entries, key=lambda each: each.path)),
        left_out=tuple(sorted(left_out)),
        problems=tuple(problems),
        empty=tuple(sorted(empty)),
    )


def twins(entries: Iterable[Entry]) -> Iterator[str]:
    """Say which paths differ only in case, and may be the same file on another system."""
    seen: dict[str, str] = {}
    for each in entries:
        other = seen.setdefault(each.path.casefold(), each.path)
        if other != each.path:
            yield f"{other} and {each.path} differ only in case: both are taken"
