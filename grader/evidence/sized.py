"""Which size a layer, or a map, has in each case, beside the size that an argument asks for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeVar

import msgspec

from grader.evidence.evidence import Evidence
from grader.evidence.look import Look


class Sized(msgspec.Struct, frozen=True, kw_only=True):
    """A look, and the size that its layer was made with."""

    look: Look
    size: int


S = TypeVar("S", bound=Sized)


def unlike(sized: Sequence[S], name: str) -> list[tuple[S, S]]:
    """Return all pairs with different arguments."""
    return [
        (first, second)
        for first, second in combinations(sized, 2)
        if first.look.case.sizes[name] != second.look.case.sizes[name]
    ]


def one_wrong(pairs: Sequence[tuple[S, S]]) -> tuple[S, S] | None:
    """Return the first pair with a look in which something is wrong, None if there is none."""
    return next((pair for pair in pairs if any(each.look.wrong for each in pair)), None)


def taken_instead(evidence: Evidence, sized: Sequence[Sized], name: str) -> str | None:
    """Return what messages call the other dimension that always gives the layer its size."""

    def always(dimension: str) -> bool:
        return all(each.size == each.look.case.sizes[dimension] for each in sized)

    if len({each.size for each in sized}) < 2 or always(name):
        return None
    return next((each.noun for each in evidence.exercise.dimensions if always(each.name)), None)
