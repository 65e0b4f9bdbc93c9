"""Whether the same case gave the same answer, in one process and in fresh ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import combinations

import msgspec

from grader.compare import Same, compare, numbers
from grader.evidence.look import Look
from grader.model.case import ArrayValue, Case
from grader.model.observation import Completed, Raised


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers to one case that differ. `same_process` says whether one process gave both.

    `fresh`: both were the first answers of their processes. `keys` are two keys of one seed, if no
    case was repeated and only they show it.
    """

    first: Look
    second: Look
    same_process: bool
    fresh: bool
    keys: tuple[str, str] | None = None


def repeats(looks: Sequence[Look]) -> Iterator[Repeat]:
    """Yield the pairs of different answers to one case; `looks` are in the order of the run."""
    first_of: dict[int, Look] = {}
    for look in looks:
        first_of.setdefault(look.exchange.process, look)
    groups: dict[bytes, list[Look]] = {}
    for look in looks:
        groups.setdefault(_identity(look.case), []).append(look)
    for group in groups.values():
        for index, second in enumerate(group):
            for first in group[:index]:
                if not _alike(first, second):
                    yield Repeat(
                        first=first,
                        second=second,
                        same_process=first.exchange.process == second.exchange.process,
                        fresh=_opens(first, first_of) and _opens(second, first_of),
                    )


def repeated(looks: Sequence[Look]) -> bool:
    """Whether any case ran twice and got answers."""
    cases = [_identity(look.case) for look in looks]
    return len(set(cases)) < len(cases)


def unlike_keys(looks: Sequence[Look], seed: Callable[[Case], int | None]) -> Iterator[Repeat]:
    """Yield the pairs of looks that agree in seed and sizes, but not in the key that they used.

    If a case was repeated, only repeats count: a key may be made from the other arguments.
    """
    keyed = [look for look in looks if look.keys]
    pairs = _pairs(keyed, lambda look: _identity(look.case))
    pairs = pairs or _pairs(keyed, lambda look: (seed(look.case), *look.case.sizes.items()))
    for first, second in pairs:
        for one, other in zip(first.keys, second.keys, strict=False):
            data = one.actual.data, other.actual.data
            same = one.expected.data == other.expected.data
            if same and data[0] is not None and data[1] is not None and data[0] != data[1]:
                yield Repeat(
                    first=first,
                    second=second,
                    same_process=first.exchange.process == second.exchange.process,
                    fresh=False,
                    keys=(data[0], data[1]),
                )


def _pairs(looks: Sequence[Look], key: Callable[[Look], Hashable]) -> list[tuple[Look, Look]]:
    """Return the pairs that agree in a key, in the order of the run."""
    groups: dict[Hashable, list[int]] = {}
    for place, look in enumerate(looks):
        groups.setdefault(key(look), []).append(place)
    places = sorted(pair for group in groups.values() for pair in combinations(group, 2))
    return [(looks[first], looks[second]) for first, second in places]


def _identity(case: Case) -> bytes:
    """Return what is equal for equal cases: a case has a dict, which isn't hashable."""
    return msgspec.msgpack.encode(case)


def _opens(look: Look, first_of: dict[int, Look]) -> bool:
    """Whether a look is the first one of its process."""
    return first_of[look.exchange.process] is look


def _alike(first: Look, second: Look) -> bool:
    """Whether two answers to one case agree, if both sides gave one."""
    one, other = first.exchange.actual.outcome, second.exchange.actual.outcome
    if isinstance(one, Completed) and isinstance(other, Completed):
        return isinstance(compare(one.result, other.result, first.tolerance), Same)
    if isinstance(one, Raised) and isinstance(other, Raised):
        return one.exception == other.exception
    return {type(one), type(other)} != {Completed, Raised}


def first_difference(one: ArrayValue, other: ArrayValue) -> str:
    """Say how two answers differ: `another shape`, `1.25 instead of 0.5`."""
    if one.shape != other.shape:
        return f"an array of shape {other.shape} instead of {one.shape}"
    left, right = numbers(one), numbers(other)
    if left is None or right is None:
        return "other numbers"
    pairs = zip(left.reshape(-1).tolist(), right.reshape(-1).tolist(), strict=True)
    return next((f"{b:.6g} instead of {a:.6g}" for a, b in pairs if a != b), "other numbers")
