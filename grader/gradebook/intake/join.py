"""Matches what the paths say with the roster, without guessing."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from grader.gradebook.classroom import Student
from grader.gradebook.intake.names import run_together, words
from grader.gradebook.intake.roster import Roster
from grader.gradebook.intake.sighting import Sighting

_TELLING: Final = 4
"""Letters that an id or a login has at least, to be found within something else."""
_MOST_WORDS: Final = 6
"""Of a name."""


class Index:
    """The roster's students by what may name them. Several students may share a name."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self._by: dict[str, dict[object, list[Student]]] = defaultdict(lambda: defaultdict(list))
        for each in roster.students:
            for field in ("number", "id", "email", "login"):
                self._add(field, getattr(each, field).casefold(), each)
            self._add("mailbox", each.email.casefold().partition("@")[0], each)
            name = words(each.name)
            self._add("name", tuple(sorted(name)), each)
            for spelling in run_together(name):
                self._add("together", spelling, each)

    def knows(self, label: str) -> bool:
        """Whether a label names anybody."""
        return bool(self.called(label) or self.within(label))

    def _add(self, field: str, value: object, student: Student) -> None:
        if value and student not in self._by[field][value]:
            self._by[field][value].append(student)

    def find(self, seen: Sighting) -> tuple[Student, ...]:
        """Return who it may be: by the first thing that names anybody on the roster."""
        who = seen.who
        for field, value in (
            ("number", who.number),
            ("id", who.id),
            ("number", who.id),
            ("login", who.id),
            ("email", who.email),
            ("login", who.login),
        ):
            if found := self._by[field].get(value.casefold()):
                return tuple(found)
        if not (who.number or who.id or who.email or who.login):
            return self.called(seen.label) or self.within(seen.label)
        if who.login:
            return self.called(who.login)
        return tuple(each for each in self._named(who.name) if _may_be(each, who))

    def called(self, label: str) -> tuple[Student, ...]:
        """Return who has this name, id, login, or start of an address."""
        text = label.casefold()
        for field in ("id", "login", "email", "number", "mailbox"):
            if found := self._by[field].get(text):
                return tuple(found)
        return self._named(label)

    def _named(self, name: str) -> tuple[Student, ...]:
        found = words(name)
        people = self._by["name"].get(tuple(sorted(found)), [])
        return tuple(people or self._by["together"].get("".join(found), []))

    def within(self, label: str) -> tuple[Student, ...]:
        """Return those whose id, login or whole name is in a label: `anna_smith_hw1`, `hw1 s12345`.

        A short id may be there by chance, and a first name alone is not enough.
        """
        found: dict[Student, None] = {}
        for start in re.finditer("-", label):  # a repository is called for assignment and login
            found |= dict.fromkeys(self._by["login"].get(label[start.end() :].casefold(), ()))
        for part in re.split(r"[\s_]+", label.casefold()):
            for field in ("id", "login", "email", "number"):
                if len(part) >= _TELLING:
                    found |= dict.fromkeys(self._by[field].get(part, ()))
        all_words = words(label)
        for at in range(len(all_words)):
            for end in range(at + 2, min(at + _MOST_WORDS, len(all_words)) + 1):
                found |= dict.fromkeys(self._by["name"].get(tuple(sorted(all_words[at:end])), ()))
        return tuple(found)


def _may_be(student: Student, who: Student) -> bool:
    """Whether nothing that the platform knows for sure contradicts it."""
    same = (student.number in {"", who.number}) or not who.number
    return same and ((student.id in {"", who.id}) or not who.id)
