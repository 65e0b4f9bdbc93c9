"""What a path tells of a file: whose it is, which attempt, whether it is late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from grader.gradebook.classroom import Student

_MOST: Final = 2 / 3
"""Nobody names folders or files as a platform does, so this isn't a coincidence."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a platform's layout says of one file and one student.

    `label` is what the path calls them; `who` is known from it or from the platform's own list, and
    has no key yet. `number` orders a student's files where the platform counts all of them.
    """

    label: str
    who: Student
    attempt: int = 1
    late: bool = False
    time: float | None = None
    place: str = ""
    number: int = 0


Sightings = Callable[[str], tuple[Sighting, ...]]
"""From a file's path to whom it names: nobody, one student, or each of a group."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A way in which files lie in a folder. `title` names it in words.

    `listed` are students that the platform names apart from the files. `plain` says that neither a
    platform nor a pattern tells who it is, only how the folder looks.
    """

    title: str
    sightings: Sightings
    plain: bool = False
    listed: tuple[Sighting, ...] = ()
    problems: tuple[str, ...] = ()


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """The paths of all that was handed in, below what all of them have in common.

    `names` are those of the folders above, the nearest last; `texts` are the lines of the
    platform's own files, by path, whose reading raises `Damaged`.
    """

    paths: tuple[str, ...]
    names: tuple[str, ...]
    texts: Mapping[str, Callable[[], Iterable[str]]]


def unnamed(**fields: str) -> Student:
    """Return a student who has no key yet."""
    return Student(key="", **fields)


def top(path: str) -> str:
    """Return the first part of a path."""
    return path.partition("/")[0]


def most_of(paths: tuple[str, ...], sightings: Sightings) -> bool:
    """Whether two of three things at the top have the layout: a few strays may lie beside them."""
    tops = {top(each): each for each in paths}
    seen = sum(bool(sightings(each)) for each in tops.values())
    return seen > 0 and seen >= _MOST * len(tops)
