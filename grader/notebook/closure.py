"""A function of a notebook as a separate program: with all that it needs, and nothing else."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from grader.notebook.statements import Statement

_MANY: Final = 50
"""Names of one value; which of them are so at what time isn't asked of more."""


def program(
    names: Sequence[str], known: Sequence[Statement], outside: Callable[[str], str | None]
) -> str | None:
    """Return a program that defines `names` as the statements did; None if they define none.

    The statements come in the order in which they ran, and stay in it. What a statement reads as
    it runs is the last definition before it; what a function reads when it is called is the last
    of all. A name that no statement defines is asked of `outside`, which returns a statement that
    defines it, or None if nothing does (a built-in name, or the learner's slip).
    """
    index = _Known([_not_setting(each, names) for each in known])
    defined = [name for name in names if index.last(name, index.end) is not None]
    if not defined:
        return None
    chosen, missing = _needed(defined, index)
    given = [outside(each) for each in sorted(missing)]
    future = [each.text for each in known if each.is_future]
    parts = [
        *dict.fromkeys(future),
        *(text for text in given if text is not None),
        *(known[each].text for each in sorted(chosen) if not known[each].is_future),
    ]
    return _joined(parts)


def _not_setting(statement: Statement, names: Sequence[str]) -> Statement:
    """Don't let calls of what is graded belong to it: those are the learner's tries."""
    if statement.binds.isdisjoint(names):
        return statement
    return replace(statement, sets_when_called=frozenset(), changes_arguments=False)


def _needed(names: Sequence[str], known: _Known) -> tuple[set[int], set[str]]:
    """Return the indices of the statements that `names` need, and the names none of them has."""
    chosen, missing, seen = set[int](), set[str](), set[tuple[str, int]]()
    looked: dict[tuple[str, int], int] = {}
    todo = [(name, known.end) for name in names]
    while todo:
        wanted, before = todo.pop()
        if (wanted, before) in seen:
            continue
        seen.add((wanted, before))
        index = known.last(wanted, before)
        if index is None:
            missing.add(wanted)
            continue
        statement = known.statements[index]
        if wanted in statement.perhaps and known.last(wanted, index) is not None:
            todo.append((wanted, index))
        if before < known.end:  # a function may be called there, before a later definition
            todo += known.there(statement.needs_later, before)
        if looked.get((wanted, index), -1) >= before:
            continue  # all its changes until then are chosen
        looked[wanted, index] = before
        for each in (index, *known.changes(wanted, index, before)):
            if each not in chosen:
                chosen.add(each)
                todo += known.needed_by(each)
    return chosen, missing


class _Known:
    """Statements by what they do to a name. A notebook may have thousands, of one value."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.end = len(statements)
        self._binding: defaultdict[str, list[int]] = defaultdict(list)
        self._changing: defaultdict[str, list[int]] = defaultdict(list)
        self._reading: defaultdict[str, list[int]] = defaultdict(list)
        self._setting: defaultdict[str, set[str]] = defaultdict(set)
        self._same: defaultdict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        self._changing_arguments: set[str] = set()
        self._groups: dict[str, frozenset[str]] = {}
        self._changing_many: dict[frozenset[str], list[int]] = {}
        for index, each in enumerate(statements):
            for indices, names in (
                (self._binding, each.binds),
                (self._changing, each.changes),
                (self._reading, each.needs),
            ):
                for name in names:
                    indices[name].append(index)
            for name in each.sets_when_called:
                self._setting[name] |= each.binds
            for name in each.same:
                self._same[name].append((index, each.same))
            if each.changes_arguments:
                self._changing_arguments |= each.binds

    def last(self, name: str, before: int) -> int | None:
        """Return the index of the last definition of `name` before the statement `before`.

        Where there is none, a function may have defined it that declares it `global`.
        """
        own = self._binding.get(name, [])
        place = bisect_left(own, before)
        if place:
            return own[place - 1]
        return max(self._calls(self._setting.get(name, ()), before), default=None)

    def changes(self, name: str, after: int, before: int) -> list[int]:
        """Return the statements that change `name` since its definition.

        An import may stand before it.
        """
        same = self._names_of(name, before)
        changing = [i for i in self._changing_any(same) if i < before]
        found = [i for i in changing if i > after or self.statements[i].is_import]
        given = [
            i
            for i in self._calls(self._changing_arguments, before)
            if not same.isdisjoint(self.statements[i].needs)
        ]
        called = [*self._calls(self._setting.get(name, ()), before), *given]
        return found + [i for i in called if i > after]

    def there(self, names: Iterable[str], before: int) -> list[tuple[str, int]]:
        """Return those of the names that are defined before a statement, with its index."""
        return [(each, before) for each in names if self.last(each, before) is not None]

    def needed_by(self, index: int) -> list[tuple[str, int]]:
        """Return what a statement needs, and before which statement it has to be defined."""
        statement = self.statements[index]
        needs = [(need, index) for need in statement.needs]
        needs += [(need, self.end) for need in statement.needs_later]
        if not statement.is_definition:
            needs += self.there(statement.needs_later, index)
        return needs

    def _calls(self, functions: Iterable[str], before: int) -> list[int]:
        """Return the statements that read one of the functions."""
        return [i for each in functions for i in self._reading.get(each, ()) if i < before]

    def _names_of(self, name: str, before: int) -> frozenset[str]:
        """Return the names that may be the same value's before a statement, or at any time."""
        whole = self._groups.get(name)
        if whole is None:
            whole = self._reached(name, self.end)
            self._groups |= dict.fromkeys(whole, whole)
        return whole if len(whole) > _MANY else self._reached(name, before)

    def _reached(self, name: str, before: int) -> frozenset[str]:
        found, todo = {name}, [name]
        while todo:
            for index, names in self._same.get(todo.pop(), ()):
                if index < before:
                    todo += names - found
                    found |= names
        return frozenset(found)

    def _changing_any(self, names: frozenset[str]) -> list[int]:
        """Return the statements that change one of the names."""
        if len(names) > _MANY and names in self._changing_many:
            return self._changing_many[names]
        found = sorted({i for each in names for i in self._changing.get(each, ())})
        if len(names) > _MANY:
            self._changing_many[names] = found
        return found


def _joined(parts: Sequence[str]) -> str:
    """Put definitions two lines apart and the rest below each other, as people write it."""
    text = ""
    for part in parts:
        apart = part.startswith(("def ", "class ", "@", "async "))
        text = f"{text.rstrip()}\n\n\n{part}\n\n\n" if apart else f"{text}{part}\n"
    return f"{text.strip()}\n"
