"""How a submission's nested maps differ from the reference's, in cases where something is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from grader.compare import OtherShape, OtherValues, Same
from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.nest import Level, Mapped, levels, result_order
from grader.evidence.notation import listing
from grader.evidence.uses import shallow
from grader.model.exercise import Array, Use
from grader.model.observation import Raised, Span, digest
from grader.model.transforms import Does, transform


class Nests(msgspec.Struct, frozen=True, kw_only=True):
    """The levels of both sides in one case, outermost first."""

    look: Look
    use: Use
    expected: tuple[Level, ...]
    actual: tuple[Level, ...]


def nests(evidence: Evidence) -> Iterator[Nests]:
    """Yield both sides' nests for each case that failed, the smallest case first."""
    for use in evidence.exercise.uses:
        row = transform(use.title)  # NNX's maps have objects among their arguments
        if row.does is Does.MAPS and not row.of_nnx and not shallow(evidence, use):
            for look in evidence.looks:
                found = nest_of(look, use) if look.failed else None
                if found is not None:
                    yield found


def nest_of(look: Look, use: Use) -> Nests | None:
    """Return both sides' nests in a case, None if either can't be told."""
    ours, theirs = levels(look, look.actual, use), levels(look, look.expected, use)
    if not ours or not theirs:
        return None
    return Nests(look=look, use=use, expected=theirs, actual=ours)


def first_shown(found: Iterator[Nests], differs: Callable[[Nests], object]) -> Nests | None:
    """Return the smallest case that differs in the same way as the one with the most sizes.

    Where sizes are equal, an array may be taken for another one.
    """
    some = [each for each in found if differs(each)]
    telling = max(some, key=lambda each: len(set(each.look.case.sizes.values())), default=None)
    alike = (each for each in some if telling is not None and _mapped(each) == _mapped(telling))
    return next(alike, None)


def _mapped(found: Nests) -> list[frozenset[Mapped]]:
    return [each.mapped for each in (*found.expected, *found.actual)]


def raised_by_axes(evidence: Evidence, look: Look) -> bool:
    """Whether a map over other axes than the task's is why a case raised.

    It may not be visible in a case with equal sizes, which then raised as another one did.
    """
    if look.raised is None or not evidence.exercise.uses:
        return False
    kind = _kind(look.raised)
    alike = [each for each in evidence.looks if each.raised and _kind(each.raised) == kind]
    found = (nest_of(each, use) for each in alike for use in evidence.exercise.uses)
    return any(each is not None and mapped_elsewhere(each) is not None for each in found)


def _kind(raised: Raised) -> tuple[str, Span | None]:
    return raised.exception, raised.place


def mapped_elsewhere(found: Nests) -> tuple[Level, frozenset[Mapped]] | None:
    """Return the first level that maps what no level should, and what it should map.

    The answer's shape has to be wrong, or the transform has to have raised: another mistake may
    have made the numbers wrong.
    """
    by_library = found.look.raised is not None and found.look.raised.library is not None
    raised = by_library and any(each.run.raised for each in found.actual)
    misshapen = isinstance(found.look.comparison, OtherShape)
    if not (raised or misshapen) or (not raised and len(found.actual) != len(found.expected)):
        return None
    wanted = [each.mapped for each in found.expected]
    ours = [each.mapped for each in found.actual]
    for place, level in enumerate(found.actual[: len(wanted)]):
        if level.mapped not in wanted:
            missing = [each for each in wanted if each not in ours]
            right = wanted[place] if wanted[place] in missing else missing[0]
            return level, right
    return None


def turned(evidence: Evidence, *, same: bool) -> Nests | None:
    """Return the first nests whose order of axes turns the result, None if that is right elsewhere.

    With `same`, the levels map what the task's do, in its order; otherwise the order differs.
    """
    each = first_shown(nests(evidence), lambda n: result_differs(n) and same_nesting(n) == same)
    return None if each is None or _turned_back_elsewhere(evidence, each) else each


def result_differs(found: Nests) -> bool:
    """Whether all levels map what they should, and the result's axes are in another order.

    The answer has to be what the outermost map gave: what is done to it later may undo that.
    """
    wanted, ours = result_order(found.expected), result_order(found.actual)
    if wanted is None or ours is None or Counter(wanted) != Counter(ours):
        return False  # the function inside may return another number of axes
    return wanted != ours and _is_the_answer(found)


def _turned_back_elsewhere(evidence: Evidence, found: Nests) -> bool:
    """Whether the same order of the axes gave a right answer in a case that would show it.

    Then the program turns such results back, and what is wrong is when it does so.
    """
    for look in evidence.looks:
        sizes = look.found.shape if look.found is not None else ()
        if isinstance(look.comparison, Same) and len(set(sizes)) == len(sizes) > 1:
            other = nest_of(look, found.use)
            if other is not None and result_order(other.actual) == result_order(found.actual):
                return True
    return False


def _is_the_answer(found: Nests) -> bool:
    look, (outer, *_) = found.look, found.actual
    if look.found is None or not isinstance(look.comparison, OtherShape | OtherValues):
        return False
    if outer.run.given_back[0]:
        return outer.run.given_back[0] == digest(look.found.data)
    return outer.run.outputs[0].shape == look.found.shape


def same_nesting(found: Nests) -> bool:
    """Whether the levels map the same things from the outermost to the innermost."""
    return [each.mapped for each in found.expected] == [each.mapped for each in found.actual]


def over(look: Look, mapped: frozenset[Mapped]) -> str:
    """Say what a level maps over: `the points of x`."""
    return listing(_noun(look, *each) for each in sorted(mapped)) if mapped else "nothing"


def _noun(look: Look, name: str, axis: int) -> str:
    for parameter in look.exercise.parameters:
        if isinstance(parameter, Array) and parameter.name == name:
            return look.exercise.dimension(parameter.shape[axis]).noun
    return f"axis {axis} of {name}"
