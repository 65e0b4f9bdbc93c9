"""Turns what the paths say into students: one for each person, from the roster if possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from grader.gradebook.classroom import Student
from grader.gradebook.intake.join import Index
from grader.gradebook.intake.sighting import Sighting
from grader.gradebook.words import listed
from grader.render.visible import visible


class Identified(msgspec.Struct, frozen=True, kw_only=True):
    """The students that the sightings are of, in the same order; and what is said of them."""

    students: tuple[Student, ...]
    problems: tuple[str, ...]


def identify(sightings: Iterable[Sighting], index: Index | None) -> Identified:
    """Identify everybody. Nobody is matched with the roster if it's ambiguous."""
    seen = tuple(sightings)
    by_own = {_own(each): each for each in seen}
    joined: dict[tuple[str, str], Student] = {}
    problems: list[str] = []
    if index is not None:
        joined, problems = _joined(by_own, index)
    taken = {each.key for each in index.roster.students} if index is not None else set()
    for own, sighting in by_own.items():
        if own not in joined:
            joined[own] = _alone(own[0], sighting, taken)
            taken.add(joined[own].key)
    return Identified(students=tuple(joined[_own(each)] for each in seen), problems=tuple(problems))


def _own(seen: Sighting) -> tuple[str, str]:
    """Return what identifies a student by the path alone."""
    who = seen.who
    key = who.id or who.number or who.email or who.login or who.name or seen.label
    return key, who.email.casefold()


def _alone(key: str, seen: Sighting, taken: set[str]) -> Student:
    """Return a student who isn't on the roster, with a unique key."""
    free = key if key not in taken else f"{key} ({seen.label})"
    number = 2
    while free in taken:
        free, number = f"{key} ({number})", number + 1
    return msgspec.structs.replace(seen.who, key=free, name=seen.who.name or seen.label)


def _joined(
    seen: dict[tuple[str, str], Sighting], index: Index
) -> tuple[dict[tuple[str, str], Student], list[str]]:
    """Return who is on the roster, with what the path adds; and say who isn't, or isn't sure."""
    claims: dict[Student, list[tuple[str, str]]] = defaultdict(list)
    unknown: list[str] = []
    problems: list[str] = []
    for own, sighting in seen.items():
        found = index.find(sighting)
        if len(found) == 1:
            claims[found[0]].append(own)
        elif found:
            people = listed(each.key for each in found)
            problems.append(f"{visible(sighting.label)} may be several of the roster: {people}")
        else:
            unknown.append(sighting.label)
    joined: dict[tuple[str, str], Student] = {}
    for student, owns in claims.items():
        numbers = {seen[own].who.number or seen[own].who.id for own in owns} - {""}
        if len(numbers) > 1:
            problems.append(
                f"{visible(student.name or student.key)} of the roster may be several people here: "
                f"{listed(seen[own].who.number or seen[own].who.id for own in owns)}"
            )
            continue
        joined |= {own: _merged(student, seen[own].who) for own in owns}
    if not joined and len(unknown) > 1:
        problems.append("nobody who handed in is on the roster: it may be another class's")
    elif unknown:
        problems.append(f"not on the roster: {listed(unknown)}")
    return joined, problems


def _merged(student: Student, who: Student) -> Student:
    """Return the roster's student, with what only the path tells."""
    return msgspec.structs.replace(
        student,
        number=student.number or who.number,
        name=student.name or who.name,
        id=student.id or who.id,
        email=student.email or who.email,
        login=student.login or who.login,
    )
