"""Lists a class's folder or zip, with the contents of the zips that were handed in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import CommandWrong, reason
from grader.gradebook.intake.archive import Damaged, members
from grader.gradebook.intake.entry import Entry, Listing, sorted_listing
from grader.gradebook.intake.folder_listing import MOST_FILES, list_folder
from grader.gradebook.intake.stored import MOST_NESTED, NestedArchive, Stored, Zipped
from grader.gradebook.intake.zip_listing import list_members, list_zip
from grader.suggestion import did_you_mean

MOST_INSIDE: Final = 20_000
"""Files in a zip that is in the folder or zip: a student's, or one assignment's."""
_MOST_OPENED: Final = 1 << 30
_MOST_TIMES: Final = 20
"""Bytes of the zips in a zip that are opened: so many, or so many times what the zip itself has.
Packing zips makes them no smaller, so more than once is a bomb."""


def listing(path: Path, passed_over: Iterable[Path] = ()) -> Listing:
    """List a folder or a zip. Raises `CommandWrong` if it is neither, or can't be read."""
    if not os.path.lexists(path):
        meant = did_you_mean(str(path), _beside(path))
        raise CommandWrong(f"there is no folder or zip {path}{meant}")
    found = list_folder(path, passed_over) if path.is_dir() else list_zip(path)
    return _with_archives(path, found)


def _beside(path: Path) -> list[str]:
    """Return the folders and zips that may have been meant."""
    try:
        near = [each for each in path.parent.iterdir() if each.suffix == ".zip" or each.is_dir()]
    except (OSError, ValueError):
        return []
    return [str(path.with_name(each.name)) for each in near]


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
    return sorted_listing(entries, left_out, problems, found.empty)


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
    inside = list_members(found, nested, f"{archive.path}/")
    return msgspec.structs.replace(inside, entries=tuple(map(_shut, inside.entries)))


def _shut(entry: Entry) -> Entry:
    """Say of a zip in a zip that was handed in that it isn't opened."""
    if not entry.name.lower().endswith(".zip"):
        return entry
    return msgspec.structs.replace(entry, fault="is a zip inside another zip, and isn't opened")
