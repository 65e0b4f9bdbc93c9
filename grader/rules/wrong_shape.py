"""wrong-shape: the output has another shape than expected, and no other rule says why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations
from typing import Final

import numpy as np

from grader.compare import Numbers, OtherShape, close, numbers
from grader.evidence import Evidence, Look
from grader.evidence.dimensions import axis_dimensions
from grader.evidence.edits import Advice, answer_edits, input_edits, item_edits, unprocessed
from grader.evidence.first_carry import begun_otherwise, first_carry
from grader.evidence.loop_results import loop_result
from grader.evidence.meaning import Meaning
from grader.evidence.notation import array_text, output_name
from grader.evidence.results import also_wrong, arrays, exchanged, outputs
from grader.evidence.settings import SettingDifference, given_class, other_size
from grader.evidence.turned_input import HELP, turned_input
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.rules.decorated import decorated
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait

_MOST_AXES: Final = 4


def _find(evidence: Evidence) -> Iterator[Sighting]:
    wrong = evidence.compared(OtherShape)
    unexplained = [look for look in wrong if not _follows(evidence, look)]
    if wrong:
        yield _sighting(evidence, unexplained or list(wrong), last_resort=not unexplained)


def _follows(evidence: Evidence, look: Look) -> bool:
    """Whether the shape looks like the consequence of another mistake."""
    return (
        evidence.arguments_swapped
        or exchanged(look) is not None
        or look.misshapen_unlifted
        or (begun_otherwise(evidence, look) is not None and _raises_by_its_start(evidence))
    )


def _raises_by_its_start(evidence: Evidence) -> bool:
    """Whether the carry that the loop begins with makes it raise in other cases."""
    return any(first_carry(evidence, look) for look in evidence.looks if look.raised is not None)


def _sighting(evidence: Evidence, looks: list[Look], *, last_resort: bool) -> Sighting:
    """Show a case in which numbers got lost or repeated, if there is one."""
    look = next((each for each in looks if _other_count(each)), looks[0])
    comparison = look.comparison
    assert isinstance(comparison, OtherShape)
    place = comparison.place
    expected = array_text(look.dtype, comparison.expected)
    found = arrays(look.exchange.actual).get(place)
    actual = array_text(found.dtype if found else look.dtype, comparison.actual)
    turned = turned_input(evidence)
    advice = Advice(HELP, turned.edits) if turned else _advice(evidence, look, place)
    begun = _begun(evidence, looks) or (None if advice else loop_result(evidence))
    sighting = Sighting(
        message=f"{output_name(place)} has shape {comparison.actual}, not {comparison.expected}",
        label=f"this is {actual}",
        shapes=(ShapeRow(name=f"output{place}", expected=expected, actual=actual),),
        details=(
            *([turned.told] if turned else []),
            *also_wrong(evidence.answered_wrong, place),
            *([begun.why] if begun else []),
        ),
        help=begun.help
        if begun is not None
        else advice.help
        if advice is not None
        else _help(evidence, looks, comparison),
        span=evidence.returned(look, place),
        edits=advice.edits if advice is not None and begun is None else (),
        case=look.case,
        evidence={
            "expected": list(comparison.expected),
            "actual": list(comparison.actual),
            **outputs(look, place),
        },
        last_resort=last_resort,
    )
    return decorated(evidence, look, sighting)


def _begun(evidence: Evidence, looks: list[Look]) -> Meaning | None:
    """Tell what the loop begins with, where that is something else than the task's in each case."""
    told = [begun_otherwise(evidence, look) for look in looks]
    return told[0] if all(told) else None


def _advice(evidence: Evidence, look: Look, place: str) -> Advice | None:
    """Pass on the task's input where the module got another one; else return what it gave."""
    ours, theirs = look.actual.layer, look.expected.layer
    other = ours is not None and theirs is not None and ours.input_shapes != theirs.input_shapes
    if other:
        passed = input_edits(evidence, look.actual.maker, look.actual.answer)
        return Advice("pass the arguments to init and apply unchanged", passed) if passed else None
    edits = item_edits(evidence, look, place) or answer_edits(evidence, look)
    return Advice(unprocessed(evidence), edits) if edits and not _sized(evidence, look) else None


def _sized(evidence: Evidence, look: Look) -> bool:
    """Whether the layer itself has another size, so that its output is no better."""
    return other_size(evidence, look) is not None


def _other_count(look: Look) -> bool:
    found = look.comparison
    return isinstance(found, OtherShape) and math.prod(found.expected) != math.prod(found.actual)


def _help(evidence: Evidence, looks: list[Look], comparison: OtherShape) -> str:
    """Say how to get the right shape, if all cases agree."""
    expected, actual = math.prod(comparison.expected), math.prod(comparison.actual)
    sized = [other_size(evidence, look) for look in looks]
    size = next((each for each in sized if each is not None), None)
    if size is not None:
        return _size_help(evidence, size)
    if expected != actual:
        many = f"{actual} number{'' if actual == 1 else 's'}"
        return f"it has {many}, not {expected}: find where they get lost or repeated"
    place = comparison.place
    if all(_reads_alike(look, place) for look in looks):
        return f"keep the order of the numbers, and reshape them to {_shape(evidence, place)}"
    moves = [_moves(look, place) for look in looks]
    axes = min(frozenset.intersection(*moves), default=None)
    if axes is not None:
        return f"put the axes back in their order: .transpose({', '.join(map(str, axes))})"
    if all(map(_is_exchanged, looks)):
        return "return the results in the task's order, each in its own shape"
    return f"give the array the task's shape: {_shape(evidence, place)}"


def _is_exchanged(look: Look) -> bool:
    """Whether the results have the shapes of the task's, in another order."""
    wanted, found = arrays(look.exchange.expected), arrays(look.exchange.actual)
    ours = [each.shape for each in found.values()]
    theirs = [each.shape for each in wanted.values()]
    return wanted.keys() == found.keys() and ours != theirs and sorted(ours) == sorted(theirs)


def _size_help(evidence: Evidence, size: SettingDifference) -> str:
    if size.argument is not None and evidence.exercise.is_field(size.argument):
        return f"make the layer with the field: {size.name}=self.{size.argument}"
    if size.inner:
        return f"use {given_class(evidence.exercise)} from the starter unchanged"
    return f"make the layer with the argument: {size.name}={size.argument}"


def _shape(evidence: Evidence, place: str) -> str:
    """Write the shape with the names of the sizes, if all of them are known."""
    if evidence.exercise.output:
        return "one axis: .reshape(-1)"
    found = axis_dimensions(evidence.exercise, evidence.looks, place)
    if not found or None in found:
        return "what the task says"
    names = [each.name for each in found if each is not None]
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _reads_alike(look: Look, place: str) -> bool:
    """Whether the numbers are the right ones, read row by row."""
    right, read = _numbers(look, place)
    if right is None or read is None or right.size != read.size:
        return False
    return bool(np.all(close(right.reshape(-1), read.reshape(-1), look.tolerance)))


def _moves(look: Look, place: str) -> frozenset[tuple[int, ...]]:
    """Return the orders of axes that make the answer right."""
    right, read = _numbers(look, place)
    if right is None or read is None or read.ndim != right.ndim or read.ndim > _MOST_AXES:
        return frozenset()
    moved = {axes: read.transpose(axes) for axes in permutations(range(read.ndim))}
    return frozenset(
        axes
        for axes, back in moved.items()
        if back.shape == right.shape and bool(np.all(close(right, back, look.tolerance)))
    )


def _numbers(look: Look, place: str) -> tuple[Numbers | None, Numbers | None]:
    wanted, found = (
        arrays(side).get(place) for side in (look.exchange.expected, look.exchange.actual)
    )
    return (
        numbers(wanted) if wanted is not None else None,
        numbers(found) if found is not None else None,
    )


RULE = Rule(
    id="wrong-shape",
    check=Check.SHAPE,
    title="the output has the wrong shape",
    explanation="""\
Your function returned an array with a different shape than the task asks for. Usually an axis was
summed over, indexed away or broadcast: only the first example, a mean over the batch, one feature
of many.

A wrong shape in the output of a model rarely raises at once. Broadcasting stretches it to fit the
targets, the loss is still a number, and training optimises something else.
""",
    wrong=RIGHT.replace(".reshape(-1)", ".mean(axis=0)"),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/jax.numpy.html",
    find=_find,
    shows=Trait.SHAPE,
    alters=frozenset({Trait.ORDER, Trait.VALUES}),
)
