"""The files of a class's folder or zip: names and places, before any content is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from grader.gradebook.intake.stored import Origin


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


def sorted_listing(
    entries: Iterable[Entry], left_out: Iterable[str], problems: Iterable[str], empty: Iterable[str]
) -> Listing:
    """Return a listing in the order of its paths."""
    return Listing(
        entries=tuple(sorted(entries, key=lambda each: each.path)),
        left_out=tuple(sorted(left_out)),
        problems=tuple(problems),
        empty=tuple(sorted(empty)),
    )


def without_files(folders: set[str], paths: Iterable[str]) -> set[str]:
    """Return the folders that none of the paths leads through."""
    filled: set[str] = set()
    for each in paths:
        above = each.rpartition("/")[0]
        while above and above not in filled:
            filled.add(above)
            above = above.rpartition("/")[0]
    return folders - filled


def twins(entries: Iterable[Entry]) -> Iterator[str]:
    """Say which paths differ only in case, and may be the same file on another system."""
    seen: dict[str, str] = {}
    for each in entries:
        other = seen.setdefault(each.path.casefold(), each.path)
        if other != each.path:
            yield f"{other} and {each.path} differ only in case: both are used"
