"""Which `return` a function reaches at given sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Final

from grader.evidence.sizes.evaluate import Evaluation
from grader.evidence.sizes.scope import Scope, Unknown
from grader.evidence.sizes.visit import Visit
from grader.model.exercise import Exercise
from grader.model.source import Source

_MOST: Final = 20
"""Each is under the tests of all that are before it."""


def reached(exercise: Exercise, source: Source, sizes: Mapping[str, int]) -> ast.Return | None:
    """Return the first `return` whose tests are all true, None if one of them is unknown."""
    visit = Visit(exercise, source)
    for found, path in visit.returns[:_MOST]:
        holds = _all_hold(path, visit.entered, sizes)
        if holds is None:
            return None
        if holds:
            return found
    return None


def _all_hold(path: Iterable[ast.expr], scope: Scope, sizes: Mapping[str, int]) -> bool | None:
    """Return whether all tests are true; None if none is known to be false, and one is unknown."""
    known: bool | None = True
    for test in path:
        try:
            if not Evaluation(sizes).truth(test, scope):
                return False
        except (Unknown, ArithmeticError):
            known = None
    return known
