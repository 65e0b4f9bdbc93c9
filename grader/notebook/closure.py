"""A function of a notebook as a separate program: with all that it needs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from grader.notebook.statements import Statement


def program(
    names: Sequence[str], known: Sequence[Statement], outside: Callable[[str], str | None]
) -> str | None:
    """Return a program that defines `names` as the statements did; None if they define none.

    The statements come in the order in which they ran, and stay in it. What a statement reads as
    it runs is the last definition before it; what a function reads when it is called is the last
    of all. A name that no statement defines is asked of `outside`, which returns a statement that
    defines it, or None if nothing does (a built-in name, or the learner's slip).
    """
    known = [_not_setting(each, names) for each in known]
    defined = [name for name in names if _last(name, known, len(known)) is not None]
    if not defined:
        return None
    chosen, missing = _needed(defined, known)
    given = [outside(each) for each in sorted(missing)]
    future = [each.text for each in known if each.is_future]
    parts = [
        *dict.fromkeys(future),
        *(text for text in given if text is not None),
        *(known[index].text for index in sorted(chosen) if not known[index].is_future),
    ]
    return _joined(parts)


def _not_setting(statement: Statement, names: Sequence[str]) -> Statement:
    """Don't let calls of what is graded belong to it: those are the learner's tries."""
    if statement.binds.isdisjoint(names):
        return statement
    return replace(statement, sets_when_called=frozenset(), changes_arguments=False)


def _needed(names: Sequence[str], known: Sequence[Statement]) -> tuple[set[int], set[str]]:
    """Return the indices of the statements that `names` need, and the names none of them has."""
    chosen, missing, seen = set[int](), set[str](), set[tuple[str, int]]()
    todo = [(name, len(known)) for name in names]
    while todo:
        wanted, before = todo.pop()
        if (wanted, before) in seen:
            continue
        seen.add((wanted, before))
        index = _last(wanted, known, before)
        if index is None:
            missing.add(wanted)
            continue
        if wanted in known[index].perhaps and _last(wanted, known, index) is not None:
            todo.append((wanted, index))
        if before < len(known):  # a function may be called there, before a later definition
            todo += _there(known[index].needs_later, known, before)
        for each in (index, *_changes(wanted, known, index, before)):
            if each not in chosen:
                chosen.add(each)
                todo += [(need, each) for need in known[each].needs]
                todo += [(need, len(known)) for need in known[each].needs_later]
                if not known[each].is_definition:
                    todo += _there(known[each].needs_later, known, each)
    return chosen, missing


def _there(names: Iterable[str], known: Sequence[Statement], before: int) -> list[tuple[str, int]]:
    """Return those of the names that are defined before a statement, with its index."""
    return [(each, before) for each in names if _last(each, known, before) is not None]


def _last(name: str, known: Sequence[Statement], before: int) -> int | None:
    """Return the index of the last definition of `name` before the statement `before`.

    Where there is none, a function may have defined it that declares it `global`.
    """
    own = (i for i in range(before - 1, -1, -1) if name in known[i].binds)
    return next(own, next(reversed(_calls_that_set(name, known, before)), None))


def _changes(name: str, known: Sequence[Statement], after: int, before: int) -> list[int]:
    """Return the statements that change `name` since its definition; an import may stand before."""
    same = _same(name, known, before)
    changing = [i for i in range(before) if not same.isdisjoint(known[i].changes)]
    found = [i for i in changing if i > after or known[i].is_import]
    called = [*_calls_that_set(name, known, before), *_calls_with(same, known, before)]
    return found + [i for i in called if i > after]


def _calls_that_set(name: str, known: Sequence[Statement], before: int) -> list[int]:
    """Return the statements that read a function that defines `name` when it is called."""
    functions = {each for one in known if name in one.sets_when_called for each in one.binds}
    return [i for i in range(before) if functions and not functions.isdisjoint(known[i].needs)]


def _calls_with(names: frozenset[str], known: Sequence[Statement], before: int) -> list[int]:
    """Return the statements that read one of the names, and a function that changes arguments."""
    functions = {each for one in known if one.changes_arguments for each in one.binds}
    reading = [i for i in range(before) if not functions.isdisjoint(known[i].needs)]
    return [i for i in reading if not names.isdisjoint(known[i].needs)]


def _same(name: str, known: Sequence[Statement], before: int) -> frozenset[str]:
    """Return the names that may be the same value's before a statement."""
    found, grown = frozenset({name}), True
    while grown:
        joined = [each.same for each in known[:before] if not found.isdisjoint(each.same)]
        grown = not found.issuperset(frozenset().union(*joined))
        found = found.union(*joined)
    return found


def _joined(parts: Sequence[str]) -> str:
    """Put definitions two lines apart and the rest below each other, as people write it."""
    text = ""
    for part in parts:
        apart = part.startswith(("def ", "class ", "@", "async "))
        text = f"{text.rstrip()}\n\n\n{part}\n\n\n" if apart else f"{text}{part}\n"
    return f"{text.strip()}\n"
