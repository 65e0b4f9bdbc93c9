"""Sizes at which a condition of several sizes comes out otherwise than at most others.

A program may be wrong where two sizes meet a condition together: `if depth - width == 2`,
`if batch * width == 6`, `if depth == 5` inside `if width == 3`. Each size alone is met in many
cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Final

from grader.evidence.sizes import Condition, conditions
from grader.model.exercise import Exercise
from grader.model.relations import fitted
from grader.model.source import Source
from grader.search.plan import Sizes, extent

_MOST: Final = 8
"""Each may be a new shape, which costs a compilation."""
_CONDITIONS: Final = 40
_TRIED: Final = 5_000
"""Sizes that are tried for each condition."""
_TRIED_IN_ALL: Final = 25_000
_RARE: Final = 0.2
"""What comes out so for a larger share of the sizes is met in the other cases anyway."""


def sizes_together(exercise: Exercise, source: Source, usual: Sizes) -> tuple[Sizes, ...]:
    """Return sizes at which a condition comes out as it rarely does; all others as usual.

    The smallest for each condition come before the largest.
    """
    smallest: list[Sizes] = []
    largest: list[Sizes] = []
    left = _TRIED_IN_ALL
    for condition in islice(conditions(exercise, source), _CONDITIONS):
        tried = [*islice(_every(exercise, condition, usual), min(left, _TRIED))]
        left -= len(tried)
        rare = _rare(condition, tried)
        if rare:
            smallest.append(min(rare, key=extent))
            largest.append(max(rare, key=extent))
    found: list[Sizes] = []
    for sizes in (*smallest, *largest):
        if sizes not in found:
            found.append(sizes)
    return tuple(found[:_MOST])


def _rare(condition: Condition, tried: list[Sizes]) -> list[Sizes]:
    """Return the sizes that give the rarer result, those above 1 if there are any."""
    outcomes: dict[bool, list[Sizes]] = {True: [], False: []}
    for sizes in tried:
        result = condition.holds(sizes)
        if result is None:
            return []
        outcomes[result].append(sizes)
    rare = min(outcomes.values(), key=len)
    if len(rare) > _RARE * len(tried):
        return []
    return [each for each in rare if all(each[name] > 1 for name in condition.dimensions)] or rare


def _every(exercise: Exercise, condition: Condition, usual: Sizes) -> Iterator[Sizes]:
    some = [each for each in exercise.dimensions if each.name in condition.dimensions]
    for sizes in product(*(range(1, each.largest + 1) for each in some)):
        wanted = usual | dict(zip((each.name for each in some), sizes, strict=True))
        if fitted(exercise, wanted) == wanted:
            yield wanted
