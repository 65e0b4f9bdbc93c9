"""The conditions in a program's text that are made of sizes and numbers alone.

A condition is a comparison, or anything else that decides what is done: the test of an `if` with
those of the blocks around it, a pattern of a `match`, a key that is looked up in a dict.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Final, NamedTuple

from grader.evidence.sizes.evaluate import Evaluation
from grader.evidence.sizes.scope import Scope, Unknown
from grader.evidence.sizes.visit import Visit
from grader.model.exercise import Exercise
from grader.model.source import Source

_MOST: Final = 500


class Condition(NamedTuple):
    """Expressions that decide together, where they stand, and the dimensions in them."""

    parts: tuple[ast.expr, ...]
    scope: Scope
    dimensions: frozenset[str]

    def holds(self, sizes: Mapping[str, int]) -> bool | None:
        """Return whether all parts are true at some sizes, None if that isn't known."""
        evaluation = Evaluation(sizes)
        try:
            return all(evaluation.truth(each, self.scope) for each in self.parts)
        except (Unknown, ArithmeticError):
            return None


def conditions(exercise: Exercise, source: Source) -> Iterator[Condition]:
    """Yield each condition about several dimensions."""
    visit = Visit(exercise, source)
    for parts, scope in islice(visit.found, _MOST):
        known: list[ast.expr] = []
        used: frozenset[str] = frozenset()
        for part in parts:
            with suppress(Unknown):
                used |= _dimensions(part, scope)
                known.append(part)
        if len(used) > 1:
            yield Condition(tuple(known), scope, used)


def _dimensions(part: ast.expr, scope: Scope) -> frozenset[str]:
    """Return the dimensions in an expression. Raises Unknown if there is anything else in it."""
    noted = _Noted()
    with suppress(ArithmeticError):
        Evaluation(noted, all_parts=True).truth(part, scope)
    return frozenset(noted)


class _Noted(dict[str, int]):
    """Sizes of 2 that note which of them were asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = 2
        return 2
