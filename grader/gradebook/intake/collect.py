"""Collects what a class handed in: whose each file is, and what else is in the folder or zip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from grader.errors import CommandWrong
from grader.gradebook.classroom import Collected, HandedIn, Student
from grader.gradebook.intake.entry import Entry, Listing, twins
from grader.gradebook.intake.filetype import FileType, file_type
from grader.gradebook.intake.identify import identify
from grader.gradebook.intake.join import Index
from grader.gradebook.intake.listing import listing
from grader.gradebook.intake.reading import fault_of, read_entry
from grader.gradebook.intake.recognise import recognise
from grader.gradebook.intake.roster import read_roster
from grader.gradebook.intake.sighting import Layout, Sighting, unnamed
from grader.gradebook.intake.stored import Stored
from grader.gradebook.words import listed
from grader.model.submission import Submission
from grader.render.visible import visible


class _Of(msgspec.Struct, frozen=True):
    """A file and what its path says about a student; `seen` is None if it's nobody's."""

    entry: Entry
    seen: Sighting | None


def collect(
    path: Path,
    *,
    students: str | None = None,
    roster: Path | None = None,
    functions: Sequence[str] = (),
    passed_over: Iterable[Path] = (),
) -> Collected:
    """Collect what is in a folder or a zip. Raises `CommandWrong`.

    `functions` are the ones to extract from a notebook. `passed_over` are files and folders of the
    grader's own, such as pages that it wrote into the class's folder.
    """
    index = Index(read_roster(roster)) if roster is not None else None
    found = listing(path, [*passed_over, *([roster] if roster is not None else [])])
    layout = recognise(path, found, students, index.knows if index is not None else None)
    return _collected(path, found, layout, index, functions)


def _collected(
    path: Path, found: Listing, layout: Layout, index: Index | None, functions: Sequence[str]
) -> Collected:
    pairs = [_Of(each, seen) for each in found.entries for seen in _seen(layout, each.path)]
    without = [seen for each in found.empty for seen in layout.sightings(f"{each}/x.py")]
    own = [each.seen for each in pairs if each.seen is not None]
    people = identify([*own, *layout.listed, *without], index)
    files, others = _sorted_out(pairs, people.students)
    if not files:
        raise CommandWrong(f"there is no Python file and no notebook in {path}")
    handed_in = {each.student.key for each in files if each.student is not None}
    named = [*(index.roster.students if index is not None else ()), *people.students]
    entries = {each.path: each for each in found.entries}
    return Collected(
        layout=layout.title,
        plain=layout.plain,
        files=tuple(sorted(files, key=lambda each: (each.path, each.place))),
        read=_reader(path, entries, functions),
        left_out=tuple(sorted({*found.left_out, *others})),
        problems=(
            *map(visible, found.problems),
            *map(visible, layout.problems),
            *(index.roster.problems if index is not None else ()),
            *people.problems,
            *_said(files, entries),
        ),
        absent=tuple({each.key: each for each in named if each.key not in handed_in}.values()),
    )


def _reader(
    path: Path, entries: dict[str, Entry], functions: Sequence[str]
) -> Callable[[HandedIn], Submission]:
    stored = Stored()

    def read(handed: HandedIn) -> Submission:
        return read_entry(entries[handed.path], f"{path}/{handed.path}", functions, stored)

    return read


def _sorted_out(
    pairs: Iterable[_Of], students: Iterable[Student]
) -> tuple[list[HandedIn], list[str]]:
    """Return the files that are graded, and the paths of those that are left out.

    `students` are the owners of the files that have one, in their order.
    """
    owners = iter(students)
    of: dict[Student | None, list[_Of]] = defaultdict(list)
    for pair in pairs:
        of[next(owners) if pair.seen is not None else None].append(pair)
    files: list[HandedIn] = []
    left_out: list[str] = []
    for student, theirs in of.items():
        handed, others = _chosen(theirs, everything=student is not None)
        files += _in_order(student, handed)
        left_out += [each.entry.path for each in others]
    return files, left_out


def _seen(layout: Layout, path: str) -> tuple[Sighting | None, ...]:
    return layout.sightings(path) or (None,)


def _chosen(theirs: list[_Of], *, everything: bool) -> tuple[list[_Of], list[_Of]]:
    """Return the files that are graded, and those that are left out.

    Those are the programs. Somebody who handed in none, but something else, is not left out: what
    is most likely meant is used. A zip is neither if a program is in it.
    """
    opened = {each.entry.inside for each in theirs if _type(each) is FileType.PROGRAM}
    shut = [each for each in theirs if each.entry.path not in opened]
    handed = [each for each in shut if _type(each) is FileType.PROGRAM]
    if not handed and everything:
        rest = [each for each in shut if _type(each) is not FileType.NO_SUBMISSION]
        rest.sort(key=lambda each: (_type(each), each.entry.inside, each.entry.path))
        handed = rest[:1]
    chosen = {id(each) for each in handed}
    return handed, [each for each in shut if id(each) not in chosen]


def _type(of: _Of) -> FileType:
    return file_type(of.entry.name)


def _in_order(student: Student | None, handed: list[_Of]) -> list[HandedIn]:
    """Return a student's files, numbered from the oldest to the newest."""
    ordered = sorted(handed, key=_age)
    return [_handed_in(each, student, order) for order, each in enumerate(ordered)]


def _age(of: _Of) -> tuple[int, int, float, str]:
    seen = of.seen
    time = _time(of) or 0.0
    return (seen.number, seen.attempt, time, of.entry.path) if seen else (0, 0, time, of.entry.path)


def _time(of: _Of) -> float | None:
    told = of.seen.time if of.seen is not None else None
    return told if told is not None else of.entry.time


def _handed_in(of: _Of, student: Student | None, order: int) -> HandedIn:
    seen = of.seen or Sighting(label="", who=unnamed())
    return HandedIn(
        path=of.entry.path,
        student=student,
        attempt=seen.attempt,
        time=_time(of),
        late=seen.late,
        place=seen.place,
        order=order,
    )


def _said(files: Iterable[HandedIn], entries: dict[str, Entry]) -> Iterable[str]:
    """Say what is wrong with files that are graded nevertheless: they get a report that says so."""
    paths = dict.fromkeys(each.path for each in files)
    yield from (visible(each) for each in twins(entries[path] for path in paths))
    for path in paths:
        fault = fault_of(entries[path])
        if fault:
            yield visible(f"{path} {fault}")
    nobodys = [each.path for each in files if each.student is None]
    if nobodys:
        yield f"the path names nobody: {listed(nobodys)}"
