"""Says where it isn't sure whose program a file is, or which of them is the newest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from grader.gradebook.book import Entry
from grader.gradebook.classroom import HandedIn
from grader.gradebook.words import listed

_AT_ONCE: Final = 1.0
"""Seconds. A program that copies or unpacks files may give all of them its own time."""


_MANY: Final = 4
"""Programs of one student for one exercise; drafts are rarely more."""


def several_people(entries: Iterable[Entry]) -> Iterator[str]:
    """Say which folders may hold several students' programs. The roster and platforms know better.

    Of one student's programs for an exercise only the newest counts, so the others' would be lost.
    There are many in one folder, or folders for different exercises have the same names in them.
    """
    names = {
        of: {each.handed.path.rpartition("/")[2] for each in own if _is_at_top(each.handed)}
        for of, own in _theirs(entries).items()
    }
    pairs = Counter(
        pair
        for pair, _ in {
            (pair, exercise)
            for (_, exercise), own in names.items()
            for pair in combinations(sorted(own)[:_MANY], 2)
        }
    )
    found = [
        student
        for (student, _), own in names.items()
        if len(own) >= _MANY
        or any(pairs[pair] > 1 for pair in combinations(sorted(own)[:_MANY], 2))
    ]
    if found:
        who = listed(dict.fromkeys(found))
        verb = "is" if len({*found}) == 1 else "are each"
        yield (
            f"{who} {verb} taken for one student, of whose programs for an exercise the newest "
            "counts: if they are several students', use --students '{rest}/{name}.py'"
        )


def _is_at_top(handed: HandedIn) -> bool:
    """Whether a file is in the student's folder itself, not further down."""
    return handed.path.rpartition("/")[0] == handed.place


def undecided(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a line for all students of whom several programs for an exercise are equally new."""
    theirs = _theirs(entries)
    found = dict.fromkeys(said for own in theirs.values() if (said := _said(own)))
    if found:  # a group's files are there for each of them
        yield f"several programs that are equally new, of which one counts: {listed(found)}"


def _theirs(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Return the files by student and exercise."""
    theirs: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for each in entries:
        if each.handed.student is not None:
            theirs[each.handed.student.key, each.key.exercise].append(each)
    return theirs


def _said(own: list[Entry]) -> str:
    """Return which program counts, and which ones not; empty if it is clear, or they are equal."""
    *others, newest = sorted(own, key=lambda each: each.handed.order)
    tied = [
        each.handed.path
        for each in others
        if each.key.sha256 != newest.key.sha256 and _equally_new(each.handed, newest.handed)
    ]
    return f"{newest.handed.path}, not {' or '.join(tied)}" if tied else ""


def _equally_new(one: HandedIn, other: HandedIn) -> bool:
    if one.attempt != other.attempt:
        return False
    if one.time is None or other.time is None:
        return one.time is other.time
    return abs(one.time - other.time) < _AT_ONCE
