"""Says which of a student's programs counts where nothing tells which one is the newest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from grader.gradebook.book import Entry
from grader.gradebook.classroom import HandedIn
from grader.gradebook.words import listed

_AT_ONCE: Final = 1.0
"""Seconds. A program that copies or unpacks files may give all of them its own time."""


def undecided(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a line for all students of whom several programs for an exercise are equally new."""
    theirs: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for each in entries:
        if each.handed.student is not None:
            theirs[each.handed.student.key, each.key.exercise].append(each)
    found = dict.fromkeys(said for own in theirs.values() if (said := _said(own)))
    if found:  # a group's files are there for each of them
        yield f"several programs that are equally new, of which one counts: {listed(found)}"


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
