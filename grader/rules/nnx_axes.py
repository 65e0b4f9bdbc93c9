"""Maps of NNX over other axes than the task's: of an argument, of an object's arrays, or out."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherShape, OtherValues
from grader.evidence import Evidence
from grader.evidence.edits import argument_edits
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import array_axes, axes_text, with_leaves
from grader.evidence.nest import out_axis
from grader.evidence.nnx import NnxLook, nnx_looks, stacked_axes
from grader.evidence.nnx_axes import (
    OBJECT,
    Entry,
    MappedArgument,
    axes_of,
    layer_weights,
    mapped_otherwise,
    unmapped,
)
from grader.evidence.nnx_calls import passes_otherwise
from grader.evidence.notation import array_text
from grader.model.exercise import Use, leaves
from grader.model.finding import ShapeRow
from grader.model.nnx import NnxCall
from grader.model.observation import ArrayType, Axis, AxisTree, TransformRun
from grader.rules.rule import Sighting

_ZERO = Axis(value=0)


def _maps(evidence: Evidence) -> Iterator[NnxLook]:
    """Yield the cases of a task that asks for a map of NNX."""
    return (each for each in nnx_looks(evidence) if each.maps)


def inward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting for a map over other axes, where it raised or the answer is wrong."""
    if passes_otherwise(evidence):
        return
    found = [(each, mapped_otherwise(each)) for each in _maps(evidence) if each.look.failed]
    shown = [(each, others) for each, others in found if others]
    for each, _ in shown[:1]:
        # Where sizes are equal, another axis may look like the right one.
        _, others = max(shown, key=lambda pair: len(set(pair[0].look.case.sizes.values())))
        yield _inward(evidence, each, others)
    for each in nnx_looks(evidence) if not shown else ():
        call = unmapped(each) if each.look.failed else None
        if call is not None and each.use is not None:
            yield _unmapped(evidence, each, each.use, call)
            return


def _unmapped(evidence: Evidence, each: NnxLook, use: Use, call: NnxCall) -> Sighting:
    title = use.title
    return Sighting(
        message=f"the object has an axis for each of its layers, but is called without {title}",
        label="takes the object for a single layer",
        shapes=tuple(_rows(each, call)),
        details=text_lines(each.look.raised) if each.look.raised is not None else (),
        why=_WHY
        if each.maps
        else "Its arrays have an axis that counts the layers, so they don't "
        "fit the input of one layer.",
        help=f"{'map' if each.maps else 'scan'} a function of one layer over the object: "
        f"{title}({use.of}, in_axes=…)",
        span=call.span or evidence.landmarks.head,
        case=each.look.case,
        evidence={"argument": "in_axes", "expected": title, "actual": None},
    )


def _inward(evidence: Evidence, each: NnxLook, others: tuple[MappedArgument, ...]) -> Sighting:
    run, first = each.actual.run, others[0]
    assert run is not None
    given = axes_text(run.knob("in_axes") or _ZERO)
    right = _right(run, others)
    span = evidence.landmarks.keyword(run.span, "in_axes")
    return Sighting(
        message=f"in_axes={given} {_over(each, first.noun, first.given)}, "
        f"but {_over(each, first.noun, first.wanted, should=True)}",
        label=_over(each, first.noun, first.given),
        details=text_lines(each.look.raised) if each.look.raised is not None else (),
        why=_WHY,
        help=f"set in_axes={right}",
        span=span or evidence.landmarks.head,
        edits=argument_edits(evidence, run.span, "in_axes", right),
        case=each.look.case,
        evidence={"argument": "in_axes", "expected": right, "actual": given},
    )


def _rows(each: NnxLook, call: NnxCall) -> Iterator[ShapeRow]:
    """Yield the weights of an object beside those of one of its layers."""
    inner = layer_weights(each, call.variables)
    for variable in call.variables:
        own, found = inner.get(variable.path), variable.type
        if own is not None:
            yield ShapeRow(
                name=".".join(variable.path),
                expected=array_text(own.dtype, own.shape),
                actual=array_text(found.dtype, found.shape),
                remark="one for each layer",
                surplus_axis=min(stacked_axes(found, own), default=None),
            )


_WHY = (
    "nnx.vmap calls the function once for each index of the mapped axes, with what is left of each "
    "array. For an object, the entry of in_axes counts for all of its arrays; StateAxes has one "
    "for each kind of variable."
)


def _over(each: NnxLook, noun: str, axis: Entry, *, should: bool = False) -> str:
    if noun == OBJECT:
        own = "have no axis to map" if axis is None else f"have the axis {axis} to map"
        if should:
            return f"they {own}"
        return "doesn't map the weights" if axis is None else f"maps axis {axis} of the weights"
    what = f"axis {axis} of {noun}{counts(each, noun, axis)}"
    if should:
        return f"each call needs all of {noun}" if axis is None else f"it should map {what}"
    return f"doesn't map {noun}" if axis is None else f"maps {what}"


def counts(each: NnxLook, name: str, axis: Entry) -> str:
    """Say what an axis of an argument counts: `, the batch`; nothing if it isn't known."""
    exercise = each.look.exercise
    shapes = {one.name: one.shape for every in exercise.parameters for one in leaves(every)}
    nouns = [exercise.dimension(size).noun for size in shapes.get(name, ())]
    return next((f", {noun}" for place, noun in enumerate(nouns) if place == axis), "")


def _right(run: TransformRun, others: tuple[MappedArgument, ...]) -> str:
    """Return the value of `in_axes` with which it maps what it should."""
    wanted = {each.place: each.wanted for each in others}
    items = [
        str(wanted[place]) if place in wanted else axes_text(axes_of(run, place))
        for place in range(len(run.parts))
    ]
    return items[0] if len(items) == 1 else f"({', '.join(items)})"


def outward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting if the answer is what a map gave, with its axis at another place."""
    for each in _maps(evidence):
        ours, theirs = each.actual.run, each.expected.run
        if ours is None or theirs is None or not _is_the_answer(each, ours):
            continue
        place = _result(each, ours, theirs)
        axes = array_axes(ours.axes("out_axes"), ours.outputs)
        if place is None or axes is None or mapped_otherwise(each):
            continue
        wanted = out_axis(theirs, len(theirs.outputs[0].shape))
        if axes[place] != wanted and _has_an_order(ours.outputs[place]):
            yield _outward(evidence, each, ours, (place, wanted))
            return


def _result(each: NnxLook, ours: TransformRun, theirs: TransformRun) -> int | None:
    """Return which of a map's results is the answer, if the reference's map has one like it."""
    if len(theirs.outputs) != 1:
        return None
    answer = each.look.actual.answer_digest
    pairs = enumerate(zip(ours.given_back, ours.outputs, strict=False))
    rank = len(theirs.outputs[0].shape)
    same = (n for n, (given, out) in pairs if given == answer and len(out.shape) == rank)
    return next(same, None)


def _has_an_order(array: ArrayType) -> bool:
    """Whether the numbers of an array are in another order if it is transposed."""
    return sum(size > 1 for size in array.shape) > 1


def _is_the_answer(each: NnxLook, run: TransformRun) -> bool:
    """Whether the wrong answer has just the numbers that the map gave, in their order."""
    wrong = isinstance(each.look.comparison, OtherShape | OtherValues)
    return wrong and each.look.actual.answer_digest in run.given_back


def _outward(
    evidence: Evidence, each: NnxLook, run: TransformRun, result: tuple[int, int]
) -> Sighting:
    place, wanted = result
    axes = run.knob("out_axes") or _ZERO
    given = axes_text(axes)
    leaf = place if isinstance(axes, AxisTree) else 0
    right = axes_text(with_leaves(axes, {leaf: Axis(value=wanted)}))
    return Sighting(
        message=f"out_axes={given} puts the mapped axis at the wrong place of the result",
        label=f"the result's axis {given} is the mapped one"
        if isinstance(axes, Axis)
        else f"the mapped axis of result {place + 1} belongs at {wanted}",
        why="The results are stacked along that axis. At another place, the axes of the result "
        "are in another order.",
        help=f"put the axis at {wanted}: out_axes={right}",
        span=evidence.landmarks.keyword(run.span, "out_axes") or evidence.landmarks.head,
        edits=argument_edits(evidence, run.span, "out_axes", right),
        case=each.look.case,
        evidence={"argument": "out_axes", "expected": right, "actual": given},
    )
