"""Maps of NNX over other axes than the task's: of an argument, of an object's arrays, or out.

An object needs no comparison with the reference: its weights either have one axis more than the
layer itself, which has to be mapped, or they don't, and there is nothing to map.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from grader.compare import OtherShape, OtherValues
from grader.evidence import Evidence
from grader.evidence.edits import argument_edits
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import axes_text, normal_axis
from grader.evidence.nest import out_axis
from grader.evidence.nnx import WEIGHTS, NnxLook, NnxSide, nnx_looks, stacked_axis
from grader.model.case import ArrayValue
from grader.model.exercise import Array
from grader.model.nnx import NodeState
from grader.model.observation import Axes, Axis, AxisTree, TransformRun, digest
from grader.rules.rule import Sighting

_NONE = Axis(value=None)
_ZERO = Axis(value=0)


class _Argument(msgspec.Struct, frozen=True, kw_only=True):
    """An argument of a map: what it is, the axis that is mapped, and the one that should be."""

    noun: str
    place: int
    given: int | None
    wanted: int | None


def inward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting for a map over other axes, where it raised or the answer is wrong."""
    found = [(each, _others(each)) for each in nnx_looks(evidence) if each.look.failed]
    shown = [(each, others) for each, others in found if others]
    for each, others in shown[:1]:
        yield _inward(evidence, each, others)


def _others(each: NnxLook) -> tuple[_Argument, ...]:
    """Return the arguments that are mapped over another axis than they should be."""
    run = each.actual.run
    if run is None or not each.expected.calls or not _shows(each, run):
        return ()
    found = (_object(each, run, n) or _array(each, run, n) for n in range(len(run.parts)))
    return tuple(one for one in found if one is not None and one.given != one.wanted)


def _shows(each: NnxLook, run: TransformRun) -> bool:
    """Whether the map raised, or gave the wrong shape: another mistake makes numbers wrong."""
    if each.look.raised is not None:
        return run.raised
    theirs = each.expected.run
    shapes = [out.shape for out in run.outputs]
    wanted = [out.shape for out in theirs.outputs] if theirs is not None else shapes
    return shapes != wanted


def _axes_of(run: TransformRun, place: int) -> Axes:
    """Return the entry of `in_axes` for an argument."""
    given = run.knob("in_axes") or _ZERO
    if not isinstance(given, AxisTree) or given.is_state:
        return given
    return given.items[place] if place < len(given.items) else _NONE


def _object(each: NnxLook, run: TransformRun, place: int) -> _Argument | None:
    """Describe an object of the task's layer by the axes of its weights."""
    state = next((state for state in run.states if state.argument == place), None)
    given = _of_weights(_axes_of(run, place))
    axes = set(_stacked(each, state)) if state is not None else set()
    if state is None or len(axes) != 1 or given is None:
        return None
    (wanted,) = axes
    rank = max(len(each.type.shape) for each in state.variables)
    return _Argument(
        noun="the weights",
        place=place,
        given=normal_axis(given.value, rank),
        wanted=wanted,
    )


def _of_weights(axes: Axes) -> Axis | None:
    """Return the axis that weights get; None if the filters don't tell."""
    if isinstance(axes, Axis):
        return axes if axes.invalid is None else None
    if not axes.is_state or axes.keys is None:
        return None
    for key, item in zip(axes.keys, axes.items, strict=False):
        if key in {WEIGHTS, "...", "True"} and isinstance(item, Axis):
            return item
    return None


def _stacked(each: NnxLook, state: NodeState) -> Iterator[int | None]:
    """Yield the axis that each weight has beside the layer's own, None if it has no more."""
    call = each.expected.calls[0]
    inner = {variable.path: variable.type for variable in call.variables}
    for variable in state.variables:
        own = inner.get(variable.path)
        if own is None or variable.collection != WEIGHTS:
            continue
        if variable.type.shape == own.shape:
            yield None
        else:
            axis = stacked_axis(variable.type, own)
            yield axis if axis is not None else -1


def _array(each: NnxLook, run: TransformRun, place: int) -> _Argument | None:
    """Describe an argument of the task that is passed on as it came."""
    name = _name(each, run, place)
    wanted = _wanted(each, name) if name is not None else None
    given = _axes_of(run, place)
    if name is None or wanted is None or not isinstance(given, Axis) or given.invalid is not None:
        return None
    rank = len(_input(run, place)[1])
    return _Argument(
        noun=name, place=place, given=normal_axis(given.value, rank), wanted=wanted.value
    )


def _wanted(each: NnxLook, name: str) -> Axis | None:
    """Return the axis of an argument that the reference maps."""
    run = each.expected.run
    for place in range(len(run.parts)) if run is not None else ():
        assert run is not None
        given = _axes_of(run, place)
        if _name(each, run, place) == name and isinstance(given, Axis):
            return Axis(value=normal_axis(given.value, len(_input(run, place)[1])))
    return None


def _input(run: TransformRun, place: int) -> tuple[str, tuple[int, ...]]:
    """Return digest and shape of the only array of an argument; empty if it isn't one."""
    if run.parts[place] != 1:
        return "", ()
    index = sum(run.parts[:place])
    if index >= len(run.inputs) or index >= len(run.digests):
        return "", ()
    return run.digests[index], run.inputs[index].shape


def _name(each: NnxLook, run: TransformRun, place: int) -> str | None:
    """Return the argument of the task that has these numbers and this shape."""
    key, shape = _input(run, place)
    for parameter in each.look.exercise.parameters:
        value = each.look.case.given(parameter.name)
        if not isinstance(parameter, Array) or not isinstance(value, ArrayValue):
            continue
        if key and key == digest(value.data) and shape == value.shape:
            return parameter.name
    return None


def _inward(evidence: Evidence, each: NnxLook, others: tuple[_Argument, ...]) -> Sighting:
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


_WHY = (
    "nnx.vmap calls the function once for each index of the mapped axes, with what is left of each "
    "array. For an object, the entry of in_axes counts for all of its arrays; StateAxes has one "
    "for each kind of variable."
)


def _over(each: NnxLook, noun: str, axis: int | None, *, should: bool = False) -> str:
    if noun == "the weights":
        own = "have no axis to map" if axis is None else f"have the axis {axis} to map"
        if should:
            return f"they {own}"
        return "doesn't map the weights" if axis is None else f"maps axis {axis} of the weights"
    what = f"axis {axis} of {noun}{_counts(each, noun, axis)}"
    if should:
        return f"each call needs all of {noun}" if axis is None else f"it should map {what}"
    return f"doesn't map {noun}" if axis is None else f"maps {what}"


def _counts(each: NnxLook, name: str, axis: int | None) -> str:
    for parameter in each.look.exercise.parameters:
        own = isinstance(parameter, Array) and parameter.name == name and axis is not None
        if own and isinstance(parameter, Array) and axis in range(len(parameter.shape)):
            assert axis is not None
            return f", {each.look.exercise.dimension(parameter.shape[axis]).noun}"
    return ""


def _right(run: TransformRun, others: tuple[_Argument, ...]) -> str:
    """Return the value of `in_axes` with which it maps what it should."""
    wanted = {each.place: each.wanted for each in others}
    items = [
        str(wanted[place]) if place in wanted else axes_text(_axes_of(run, place))
        for place in range(len(run.parts))
    ]
    return items[0] if len(items) == 1 else f"({', '.join(items)})"


def outward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting if the answer is what a map gave, with its axis at another place."""
    for each in nnx_looks(evidence):
        ours, theirs = each.actual.run, each.expected.run
        if ours is None or theirs is None or not _is_the_answer(each.actual, each):
            continue
        rank = len(theirs.outputs[0].shape) if len(theirs.outputs) == 1 else 0
        if len(ours.outputs) != 1 or len(ours.outputs[0].shape) != rank:
            continue
        wanted = out_axis(theirs, rank)
        if out_axis(ours, rank) != wanted and not _others(each):
            yield _outward(evidence, each, ours, wanted)
            return


def _is_the_answer(side: NnxSide, each: NnxLook) -> bool:
    """Whether the wrong answer has just the numbers that the map gave, in their order."""
    if not isinstance(each.look.comparison, OtherShape | OtherValues) or side.run is None:
        return False
    return side.trail.answer_digest in side.run.given_back


def _outward(evidence: Evidence, each: NnxLook, run: TransformRun, wanted: int) -> Sighting:
    given = axes_text(run.knob("out_axes") or _ZERO)
    return Sighting(
        message=f"out_axes={given} puts the mapped axis at the wrong place of the result",
        label=f"the result's axis {given} is the mapped one",
        why="The numbers are right, but the axes of the result are in another order.",
        help=f"put the axis at {wanted}: out_axes={wanted}",
        span=evidence.landmarks.keyword(run.span, "out_axes") or evidence.landmarks.head,
        edits=argument_edits(evidence, run.span, "out_axes", str(wanted)),
        case=each.look.case,
        evidence={"argument": "out_axes", "expected": str(wanted), "actual": given},
    )
