"""Variables of a lifted loop that are shared where each step needs its own, or the other way round.

`nn.scan` says with three arguments what happens to a collection: `variable_broadcast` shares it
among the steps, `variable_axes` gives it an axis for them, `variable_carry` hands it on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from grader.evidence import Evidence
from grader.evidence.edits import POSITIONS, collection_edits
from grader.evidence.lifting import Unlisted
from grader.evidence.notation import array_text, collection_noun
from grader.evidence.scan_faults import Fault, Knob, shown, told_by_flax
from grader.evidence.scans import Way, passed, steps_noun
from grader.evidence.shape_rows import common
from grader.model.finding import ShapeRow
from grader.model.observation import Span
from grader.rules.rule import Sighting

Names = Callable[[str], bool]
"""Which collections or streams a rule is about."""


def of_params(name: str) -> bool:
    """Whether a collection, or a stream, is that of the parameters."""
    return name == "params"


def of_others(name: str) -> bool:
    """Whether a collection, or a stream, is another one."""
    return name != "params"


_ARGUMENTS: Final = {Way.SHARED: "variable_broadcast", Way.CARRIED: "variable_carry"}


def per_step(evidence: Evidence, names: Names) -> Iterator[Sighting]:
    """Yield collections of which each step has its own copy, although they should be shared."""
    for each in shown(evidence, Knob.COLLECTION):
        if names(each.name) and each.expected is Way.SHARED and isinstance(each.actual, int):
            yield _per_step(evidence, each, each.actual)


def _per_step(evidence: Evidence, each: Fault, axis: int) -> Sighting:
    things, noun = collection_noun(each.name), steps_noun(evidence)
    return _collection(
        evidence,
        each,
        message=f"{things} have an axis for {noun}: each has its own copy",
        label=f'gives "{each.name}" an axis for {noun}',
        shapes=tuple(_rows(each, axis, noun)),
        why="With weights of its own, each step is another layer, and a sequence of another length "
        "doesn't fit them at all."
        if of_params(each.name)
        else "They belong to the length that they were made with, and one step doesn't see what "
        "another one wrote.",
        step=f"share {things} among {noun}",
    )


def _rows(each: Fault, axis: int, noun: str) -> Iterator[ShapeRow]:
    for row in each.look.variables:
        if row.collection == each.name and row.expected is not None and row.actual is not None:
            shape = row.actual.type.shape
            place = axis % len(shape) if shape else None
            surplus = len(shape) == len(row.expected.type.shape) + 1 and place is not None
            yield ShapeRow(
                name=row.name,
                expected=array_text(row.expected.type.dtype, row.expected.type.shape),
                actual=array_text(row.actual.type.dtype, shape),
                remark=f"the {shape[place]} is {noun}" if surplus and place is not None else "",
                surplus_axis=place if surplus else None,
            )


def shared(evidence: Evidence) -> Iterator[Sighting]:
    """Yield collections that all steps share, although each should have its own."""
    for each in shown(evidence, Knob.COLLECTION):
        one = each.actual in {Way.SHARED, Way.NO_AXIS}
        if isinstance(each.expected, int) and one:
            yield _shared(evidence, each)


def _shared(evidence: Evidence, each: Fault) -> Sighting:
    things, noun = collection_noun(each.name), steps_noun(evidence)
    return _collection(
        evidence,
        each,
        message=f"{things} are shared: one set for all of {noun}, not one each",
        label=f'gives "{each.name}" no axis',
        shapes=common(each.look, each.name),
        why=f"With one set of {things.removeprefix('the ')}, it is the same layer again and again.",
        step="give the collection an axis",
    )


def moved(evidence: Evidence) -> Iterator[Sighting]:
    """Yield collections that have the axis of the steps at another place."""
    for each in shown(evidence, Knob.COLLECTION):
        if isinstance(each.expected, int) and isinstance(each.actual, int):
            things, noun = collection_noun(each.name), steps_noun(evidence)
            yield _collection(
                evidence,
                each,
                message=f"{things} have the axis for {noun} at {each.actual}, not at "
                f"{each.expected}",
                label=f'puts the axis of "{each.name}" at {each.actual}',
                shapes=common(each.look, each.name),
                why="Code that later takes a slice of these variables expects the axis where the "
                "task has it. Along another axis it mixes them up.",
                step="put it where the task wants it",
            )


def carried_on(evidence: Evidence) -> Iterator[Sighting]:
    """Yield collections that are handed from step to step, although they shouldn't be."""
    for each in shown(evidence, Knob.COLLECTION):
        if each.actual is Way.CARRIED:
            things, noun = collection_noun(each.name), steps_noun(evidence)
            own = isinstance(each.expected, int)
            yield _collection(
                evidence,
                each,
                message=f"{things} are carried, so each step would hand them to the next one",
                label=f'carries "{each.name}"',
                shapes=common(each.look, each.name),
                why="variable_carry is for what a step changes, such as a counter. It has to exist "
                "before the first step, so init can't make weights that way.",
                step="give the collection an axis" if own else f"share {things} among {noun}",
            )


def unlisted(evidence: Evidence, names: Names) -> Iterator[Sighting]:
    """Yield collections that the loop doesn't pass on to its steps."""
    for each in shown(evidence, Knob.COLLECTION):
        if names(each.name) and isinstance(each.actual, Unlisted):
            yield _unlisted(evidence, each)
        elif names(each.name) and (each.expected, each.actual) == (Way.SHARED, Way.NO_AXIS):
            yield _no_axis(evidence, each)


def _unlisted(evidence: Evidence, each: Fault) -> Sighting:
    things = collection_noun(each.name)
    title = each.scan.actual.transform
    return _collection(
        evidence,
        each,
        message=f'no argument of {title} names "{each.name}": {things} aren\'t passed on',
        label=f'says nothing about "{each.name}"',
        why="A collection that isn't named in variable_axes, variable_broadcast or variable_carry "
        "is empty inside the steps.",
        step="name it",
    )


def _no_axis(evidence: Evidence, each: Fault) -> Sighting:
    return _collection(
        evidence,
        each,
        message="None is no axis: nn.scan shares a collection with variable_broadcast",
        label=f'gives "{each.name}" None as an axis',
        why="In nn.vmap None means shared. nn.scan has an argument of its own for that, and its "
        "variable_axes takes numbers alone.",
        step=f"share {collection_noun(each.name)} among {steps_noun(evidence)}",
    )


def _collection(
    evidence: Evidence,
    each: Fault,
    *,
    message: str,
    label: str,
    why: str,
    step: str,
    shapes: tuple[ShapeRow, ...] = (),
) -> Sighting:
    wanted = wanted_collections(each)
    text = ", ".join(f"{name}={value}" for name, value in wanted.items())
    return Sighting(
        message=message,
        label=label,
        shapes=shapes,
        details=told_by_flax(each),
        why=why,
        help=f"{step}: {text}",
        span=_written(evidence, each),
        edits=collection_edits(evidence, each.scan.actual.span, wanted),
        case=each.look.case,
        evidence={
            "argument": _argument(each),
            "collection": each.name,
            "expected": value_of(each.expected),
            "actual": value_of(each.actual),
        },
    )


def _argument(each: Fault) -> str:
    """Return the argument that a fault is about."""
    if isinstance(each.actual, Way) and each.actual in _ARGUMENTS:
        return _ARGUMENTS[each.actual]
    return "variable_axes"


def value_of(effect: object) -> object:
    """Return an effect as evidence shows it."""
    return effect if isinstance(effect, int) else str(effect)


def _written(evidence: Evidence, each: Fault) -> Span | None:
    run, name = each.scan.actual, _argument(each)
    if isinstance(each.actual, Unlisted):
        return run.span or evidence.landmarks.head
    span = evidence.landmarks.keyword(run.span, name, POSITIONS[name])
    return span or evidence.landmarks.head


def wanted_collections(each: Fault) -> dict[str, str]:
    """Return the arguments with which the reference's loop passes on the task's collections."""
    names = dict.fromkeys(each.collection for each in each.scan.look.expected.variables)
    ways = {name: passed(each.scan.expected, name) for name in names}
    axes = {name: way for name, way in ways.items() if isinstance(way, int)}
    found = {}
    if axes:
        pairs = ", ".join(f'"{name}": {axis}' for name, axis in axes.items())
        found["variable_axes"] = f"{{{pairs}}}"
    for way, argument in _ARGUMENTS.items():
        those = [f'"{name}"' for name, own in ways.items() if own is way]
        if those:
            found[argument] = those[0] if len(those) == 1 else f"[{', '.join(those)}]"
    return found
