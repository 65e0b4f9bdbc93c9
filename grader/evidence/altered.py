"""Whether an answer is what the lifted modules return: it was played with other numbers there.

In a separate process, every lifted module gave `1 - 2 * x` instead of `x`. Where the reference
returns the numbers as they come, in any order or shape, a right program's answer has changed in
the same way. Of a wrong answer only one thing is said: that it stayed the same.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum, auto, unique
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grader.compare import OtherValues, Same, numbers
from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.model.case import ArrayValue, Case
from grader.model.observation import Completed, Observation, digest
from grader.model.source import Source
from grader.model.transcript import Exchange

_COMPARISONS: Final = frozenset(
    {"allclose", "array_equal", "array_equiv", "assert_allclose", "assert_array_equal", "isclose"}
)
_FINE: Final = 1e-5
_COARSE: Final = {"float16": 2.0**-9, "bfloat16": 2.0**-6}


Mask = NDArray[np.bool_]
"""Which numbers of an array."""


@unique
class Part(Enum):
    """How much of the answer comes from what was given other numbers."""

    ALL = auto()
    SOME = auto()
    NONE = auto()
    UNKNOWN = auto()


def altered_look(evidence: Evidence) -> Look | None:
    """Return the case that was played with other numbers, None if nothing follows from it."""
    exchange = evidence.transcript.altered
    if exchange is None or not exchange.actual.record.altered or exchange.actual.record.truncated:
        return None
    return Look(evidence.exercise, exchange)


def before_and_after(evidence: Evidence) -> tuple[Observation, Look] | None:
    """Return a right answer, and the same case with other numbers; None if nothing follows."""
    both = _both(evidence)
    if both is None or not isinstance(both[0].comparison, Same):
        return None
    if not isinstance(both[1].exchange.actual.outcome, Completed):
        return None
    return both[0].exchange.actual, both[1]


def _both(evidence: Evidence) -> tuple[Look, Look] | None:
    """Return the case that was played with other numbers, before and then; None if it wasn't."""
    look = altered_look(evidence)
    if look is None:
        return None
    before = next((each for each in evidence.completed if each.case == look.case), None)
    return None if before is None else (before, look)


def stays(before: Observation, after: Observation) -> dict[str, Mask]:
    """Return which numbers of an answer stay, by the array's place; only arrays that have some.

    Integers aren't altered, and zeros may stay zeros. Of another shape, or no numbers, all stay.
    """
    ours, changed = arrays(before), arrays(after)
    masks = {place: _stay(each, changed.get(place)) for place, each in ours.items()}
    return {place: mask for place, mask in masks.items() if mask.any()}


def _stay(before: ArrayValue, after: ArrayValue | None) -> Mask:
    ours, theirs = numbers(before), None if after is None else numbers(after)
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return np.ones(before.shape, dtype=bool)
    return np.asarray((ours == theirs) & ~np.isnan(theirs))


def tells(altered: Exchange, before: Observation, reference: Callable[[Case], Observation]) -> bool:
    """Whether something follows from the numbers that stay the same in a program's answer.

    Not if all of them stay in the reference's answer, too: what is counted, compared or picked may
    be the same for other numbers. `reference` gives its answer with other numbers, when asked.
    """
    ours = stays(before, altered.actual)
    if not ours or not isinstance(altered.actual.outcome, Completed):
        return True
    theirs = stays(altered.expected, reference(altered.case))
    return not all(
        place in theirs
        and theirs[place].shape == mask.shape
        and bool((theirs[place] | ~mask).all())
        for place, mask in ours.items()
    )


def lifted_part(evidence: Evidence) -> Part:
    """Return how much of the answer is what lifted modules return."""
    both = before_and_after(evidence)
    if both is None:
        return Part.NONE if keeps_wrong_answer(evidence) else Part.UNKNOWN
    before, look = both
    found = _part(before, look.exchange.actual, tuple(_passed_on(look)))
    other = compares(evidence.transcript.source) or hands_out_more(look)
    return Part.SOME if found is Part.NONE and other else found


def hands_out_more(look: Look) -> bool:
    """Whether the answer's Flax call gave variables of a collection that the reference doesn't use.

    What a module inside writes, such as the outputs that `sow` and `capture_intermediates` keep,
    isn't altered, and may be the answer.
    """
    answer, reference = look.actual.answer, look.expected
    if answer is None:
        return False
    known = {each.collection for each in reference.variables} | reference.written
    return any(each.collection not in known for each in answer.made)


def keeps_wrong_answer(evidence: Evidence) -> bool:
    """Whether a wrong answer of the right shape is the same with other numbers.

    How one changes tells nothing: it may be wrong because of what was done with the numbers. NaN
    and infinities stay as they are, whatever they come from.
    """
    both = _both(evidence)
    if both is None or not isinstance(both[0].comparison, OtherValues):
        return False
    before, after = both[0].exchange.actual, both[1].exchange.actual
    same = before.outcome == after.outcome and not hands_out_more(both[1])
    return same and _are_finite(before) and not compares(evidence.source)


def _are_finite(observation: Observation) -> bool:
    found = [numbers(each) for each in arrays(observation).values()]
    return all(each is not None and bool(np.all(np.isfinite(each))) for each in found)


def compares(source: Source) -> bool:
    """Whether a file compares arrays as a whole, and may choose its answer by that.

    A program that falls back to its own numbers where the lifted module's differ answers alike
    with altered ones, though it returned the module's before. What is only asserted chooses
    nothing, unless the failure is caught.
    """
    catches = any(isinstance(node, ast.Try) for node in source.nodes)
    names = set(_names(source.body, () if catches else (ast.Assert, ast.Expr)))
    return not names.isdisjoint(_COMPARISONS)


def _names(body: Iterable[ast.AST], without: tuple[type[ast.AST], ...]) -> Iterator[str]:
    """Yield the names and attributes in statements, except those in some kinds of statements."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, without):
            continue
        waiting += ast.iter_child_nodes(node)
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def _passed_on(look: Look) -> Iterator[str]:
    """Yield the places of arrays that the reference returns as its lifted module gave them."""
    found = {place: digest(each.data) for place, each in arrays(look.exchange.expected).items()}
    together = digest("".join(found.values()).encode())
    for lifted in look.expected.lifted(look.expected.answer):
        given = {lifted.run.digest, lifted.run.given} if lifted.run is not None else set()
        yield from (place for place, each in found.items() if {each, together} & given)


def _part(before: Observation, after: Observation, places: Collection[str]) -> Part:
    ours, changed = arrays(before), arrays(after)
    if not places or not all(place in ours and place in changed for place in places):
        return Part.UNKNOWN
    if all(_is_altered(ours[place], changed[place]) for place in places):
        return Part.ALL
    return Part.NONE if before.outcome == after.outcome else Part.SOME


def _is_altered(before: ArrayValue, after: ArrayValue) -> bool:
    ours, changed = numbers(before), numbers(after)
    if ours is None or changed is None or ours.shape != changed.shape:
        return False
    rounding = _COARSE.get(after.dtype, _FINE)
    return bool(np.allclose(1 - 2 * ours, changed, rtol=rounding, atol=rounding))
