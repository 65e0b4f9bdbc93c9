"""A program that refuses sizes which the task never gives: it says so itself, and isn't wrong."""

from __future__ import annotations

import ast

from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import Outcome, Raised
from grader.model.source import Source


def refuses(outcome: Outcome, case: Case, exercise: Exercise, source: Source) -> bool:
    """Whether a `raise` or an `assert` of the text ended a case beyond the declared sizes."""
    if not isinstance(outcome, Raised) or outcome.library is not None:
        return False
    return is_beyond(case, exercise) and _is_own(outcome, source)


def is_beyond(case: Case, exercise: Exercise) -> bool:
    """Whether a case has a size that is larger than any that the declaration has."""
    return any(case.sizes[each.name] > max(each.largest, each.far) for each in exercise.dimensions)


def _is_own(raised: Raised, source: Source) -> bool:
    place = raised.place
    if place is None:
        return False
    file = source.part(place)
    spans = (file.span(each) for each in file.nodes if isinstance(each, ast.Raise | ast.Assert))
    return any(each.start <= place.start and place.end <= each.end for each in spans)
