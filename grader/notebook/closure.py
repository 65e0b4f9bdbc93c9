"""A function of a notebook as a separate program: with all that it needs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
        for each in (index, *_changes(wanted, known, index, before)):
            if each not in chosen:
                chosen.add(each)
                todo += [(need, each) for need in known[each].needs]
                todo += [(need, len(known)) for need in known[each].needs_later]
    return chosen, missing


def _last(name: str, known: Sequence[Statement], before: int) -> int | None:
    """Return the index of the last definition of `name` before the statement `before`."""
    return next((i for i in range(before - 1, -1, -1) if name in known[i].binds), None)


def _changes(name: str, known: Sequence[Statement], after: int, before: int) -> list[int]:
    """Return the statements that change `name` since its definition; an import may stand before."""
    changing = [i for i in range(before) if name in known[i].changes]
    return [i for i in changing if i > after or known[i].is_import]


def _joined(parts: Sequence[str]) -> str:
    """Put definitions two lines apart and the rest below each other, as people write it."""
    text = ""
    for part in parts:
        apart = part.startswith(("def ", "class ", "@", "async "))
        text = f"{text.rstrip()}\n\n\n{part}\n\n\n" if apart else f"{text}{part}\n"
    return f"{text.strip()}\n"
