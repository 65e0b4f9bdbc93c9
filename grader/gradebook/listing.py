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
from grader.gradebook.stored import MOST_NESTED, NestedArchive, OnDisk, Origin, Stored, Zipped
from grader.model.submission import Unreadable

MOST_FILES: Final = 1_000_000
"""Of a class. 200,000 students hand in a few files each."""
MOST_FOLDERS: Final = 1_000_000
MOST_INSIDE: Final = 20_000
"""Files in a zip that is in the folder or zip: a student's, or one assignment's."""
_MOST_OPENED: Final = 1 << 30
_MOST_TIMES: Final = 20
"""Bytes of the zips in a zip that are opened: so many, or so many times what the zip itself has.
Packing zips makes them no smaller, so more than once is a bomb."""
_OURS: Final = ".grade"


class Entry(msgspec.Struct, frozen=True, gc=False):
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
    return _with_archives(path, found)


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
    found = tuple(found)
    environments = {each.path.removesuffix("pyvenv.cfg") for each in found if _is_marker(each)}
    by_path: dict[str, Member] = {}
    left_out: dict[str, None] = {}
    problems: list[str] = []
    folders: set[str] = set()
    for each in found:
        path = prefix + _normal(each.path)
        if each.leads_out:
            problems.append(f"{prefix}{each.path}: this path leads out of the zip; it is left out")
        elif passed_over := _passed_over(path) or _environment(each, environments, prefix):
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


def _is_marker(member: Member) -> bool:
    return member.path.endswith("/pyvenv.cfg")


def _environment(member: Member, environments: set[str], prefix: str) -> str:
    """Return the virtual environment that a member is in, empty if it is in none."""
    for each in environments:
        if member.path.startswith(each):
            return prefix + _normal(each) + "/"
    return ""


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


def _with_archives(path: Path, found: Listing) -> Listing:
    """List what is in the zips that were handed in, beside the zips themselves."""
    entries: list[Entry] = []
    left_out: list[str] = [*found.left_out]
    problems: list[str] = [*found.problems]
    there = {each.path for each in found.entries}
    left = max(_MOST_OPENED, _MOST_TIMES * _size(path))
    for each in found.entries:
        if not each.name.lower().endswith(".zip"):
            entries.append(each)
            continue
        try:
            left -= _inflated(each)
            inside = _inside(each, MOST_FILES - len(entries), left)
        except Damaged as error:
            entries.append(msgspec.structs.replace(each, fault=str(error)))
            continue
        if any(one.fault for one in inside.entries):
            each = msgspec.structs.replace(each, fault="has another zip in it, which isn't opened")  # noqa: PLW2901
        entries += [each, *(one for one in inside.entries if one.path not in there)]
        left_out += inside.left_out
        problems += inside.problems
    return _sorted(entries, left_out, problems, found.empty)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _inflated(archive: Entry) -> int:
    """Return how many bytes are inflated to open a zip: those of one in a zip, if it is opened."""
    size = archive.origin.member.size if isinstance(archive.origin, Zipped) else 0
    return size if size <= MOST_NESTED else 0


def _inside(archive: Entry, most: int, left: int) -> Listing:
    """List a zip that was handed in. Raises `Damaged`, also if `left` bytes are less than none."""
    if left < 0:
        raise Damaged("isn't opened: all zips in here together are too large")
    nested = NestedArchive(archive.origin)
    try:
        with Stored().archive(nested) as file:
            found = members(file, min(most, MOST_INSIDE))
    except OSError as error:
        raise Damaged(f"can't be read: {reason(error)}") from error
    inside = _of_members(found, nested, f"{archive.path}/")
    return msgspec.structs.replace(inside, entries=tuple(map(_shut, inside.entries)))


def _shut(entry: Entry) -> Entry:
    """Say of a zip in a zip that was handed in that it isn't opened."""
    if not entry.name.lower().endswith(".zip"):
        return entry
    return msgspec.structs.replace(entry, fault="is a zip inside another zip, and isn't opened")


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
