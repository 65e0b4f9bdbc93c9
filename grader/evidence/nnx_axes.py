"""Which axes a map of NNX goes over, and which it should: of the task's arrays, and of objects.

An object needs no comparison with the reference: its weights either have one axis more than the
layer itself, which has to be mapped, or they don't, and there is nothing to map.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from grader.evidence.evidence import Evidence
from grader.evidence.lifting import normal_axis
from grader.evidence.look import Look
from grader.evidence.nnx import WEIGHTS, NnxLook, nnx_look, nnx_use, stacked_axes
from grader.model.case import ArrayValue
from grader.model.nnx import NnxCall, NodeState
from grader.model.observation import ArrayType, Axes, Axis, AxisTree, TransformRun, digest

OBJECT: Final = "the weights"
_NONE: Final = Axis(value=None)
_ZERO: Final = Axis(value=0)
_KEY: Final = "RngKey"
_UNKNOWN: Final = -1000
_GIVEN: Final = -2000
"""No axes: which one it should be isn't known; it's the one that is mapped."""


class MappedArgument(msgspec.Struct, frozen=True, kw_only=True):
    """An argument of a map: what it is, the axis that is mapped, and the one that should be.

    `noun` is the name of one of the task's arguments, or `OBJECT`.
    """

    noun: str
    place: int
    given: int | None
    wanted: int | None


def mapped_otherwise(each: NnxLook) -> tuple[MappedArgument, ...]:
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


def axes_of(run: TransformRun, place: int) -> Axes:
    """Return the entry of `in_axes` for an argument."""
    given = run.knob("in_axes") or _ZERO
    if not isinstance(given, AxisTree) or given.is_state:
        return given
    return given.items[place] if place < len(given.items) else _NONE


def _object(each: NnxLook, run: TransformRun, place: int) -> MappedArgument | None:
    """Describe an object of the task's layer by the axes of its weights."""
    given = _of_weights(axes_of(run, place))
    states = [state for state in run.states if state.argument == place]
    pairs = [pair for state in states for pair in _stacked(each, state)]
    if given is None or not pairs:
        return None
    axes = [_wanted_axis(given.value, *pair) for pair in pairs]
    if _UNKNOWN in axes:
        return None
    if all(axis == _GIVEN for axis in axes):
        return MappedArgument(noun=OBJECT, place=place, given=given.value, wanted=given.value)
    wanted = _common([own for own, _ in pairs], [other for _, other in pairs])
    if wanted == _UNKNOWN:
        return None
    return MappedArgument(noun=OBJECT, place=place, given=given.value, wanted=wanted)


def _wanted_axis(given: int | None, own: ArrayType, other: ArrayType) -> int | None:
    """Return the axis that a weight has beside the layer's own, None if it has no more.

    `_GIVEN` if it is, or may be, what is mapped; `_UNKNOWN` if it's one of several, or none.
    """
    if other.shape == own.shape:
        return _GIVEN if given is None else None
    fitting = stacked_axes(other, own)
    if normal_axis(given, len(other.shape)) in fitting:
        return _GIVEN
    return next(iter(fitting)) if len(fitting) == 1 else _UNKNOWN


def _common(own: list[ArrayType], others: list[ArrayType]) -> int | None:
    """Return the axis to map of all weights, counted from the end if it isn't the same else."""
    if all(mine.shape == other.shape for mine, other in zip(own, others, strict=True)):
        return None
    fitting = [stacked_axes(other, mine) for mine, other in zip(own, others, strict=True)]
    from_end = [
        frozenset(axis - len(other.shape) for axis in axes)
        for axes, other in zip(fitting, others, strict=True)
    ]
    front = frozenset.intersection(*fitting)
    back = frozenset.intersection(*from_end)
    return min(front) if front else max(back) if back else _UNKNOWN


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


def _stacked(each: NnxLook, state: NodeState) -> Iterator[tuple[ArrayType, ArrayType]]:
    """Yield each weight as the task's layer sees it, and as the object has it."""
    inner = layer_weights(each)
    for variable in state.variables:
        own = inner.get(variable.path)
        if own is not None and variable.collection == WEIGHTS:
            yield own, variable.type


def layer_weights(each: NnxLook) -> dict[tuple[str, ...], ArrayType]:
    """Return the weights of one layer, as the program made it; else as the reference calls it."""
    wanted = each.expected.calls[0]
    made = [one for one in each.actual.record.layers if one.class_name == wanted.class_name]
    variables = made[0].variables if made else wanted.variables
    return {variable.path: variable.type for variable in variables}


def _array(each: NnxLook, run: TransformRun, place: int) -> MappedArgument | None:
    """Describe an argument of the task that is passed on as it came."""
    name = _name(each, run, place)
    wanted = _wanted(each, name) if name is not None else None
    given = axes_of(run, place)
    if name is None or wanted is None or not isinstance(given, Axis) or given.invalid is not None:
        return None
    rank = len(_input(run, place)[1])
    return MappedArgument(
        noun=name, place=place, given=normal_axis(given.value, rank), wanted=wanted.value
    )


def _wanted(each: NnxLook, name: str) -> Axis | None:
    """Return the axis of an argument that the reference maps."""
    run = each.expected.run
    for place in range(len(run.parts)) if run is not None else ():
        assert run is not None
        given = axes_of(run, place)
        if _name(each, run, place) == name and isinstance(given, Axis):
            return Axis(value=normal_axis(given.value, len(_input(run, place)[1])))
    return None


def _input(run: TransformRun, place: int) -> tuple[str, tuple[int, ...]]:
    """Return digest and shape of the only array of an argument; empty if it isn't one."""
    first = sum(run.parts[:place])
    own = list(zip(run.digests, run.inputs, strict=False))[first : first + run.parts[place]]
    return (own[0][0], own[0][1].shape) if len(own) == 1 else ("", ())


def _name(each: NnxLook, run: TransformRun, place: int) -> str | None:
    """Return the argument of the task that has these numbers and this shape."""
    key, shape = _input(run, place)
    for parameter in each.look.exercise.parameters:
        value = each.look.case.given(parameter.name)
        if isinstance(value, ArrayValue) and key == digest(value.data) and shape == value.shape:
            return parameter.name
    return None


def raised_by_nnx_axes(evidence: Evidence, look: Look) -> bool:
    """Whether a map over other axes than it should is why a case raised."""
    if look.raised is None:
        return False
    each = nnx_look(look, nnx_use(evidence.exercise))
    return bool(mapped_otherwise(each)) or bool(maps_one_key(each)) or bool(unmapped(each))


def maps_one_key(each: NnxLook) -> TransformRun | None:
    """Return a map that raised because a stream with one key went into it as if it had several."""
    for run in each.actual.trail.record.transforms:
        asked = each.use is not None and run.transform in each.use.any_of
        if not run.raised or not asked or each.look.raised is None:
            continue
        for state in run.states:
            keys = [one for one in state.variables if one.collection == _KEY]
            axes = axes_of(run, state.argument) if state.argument >= 0 else _NONE
            mapped = isinstance(axes, Axis) and axes.value is not None
            if mapped and any(not one.type.shape for one in keys):
                return run
    return None


def unmapped(each: NnxLook) -> NnxCall | None:
    """Return a call outside of all maps of a layer whose weights have the axis of a map."""
    if each.actual.run is not None or not each.expected.mapped:
        return None
    inner = layer_weights(each)
    for call in each.actual.calls:
        own = [(inner.get(one.path), one) for one in call.variables if one.collection == WEIGHTS]
        stacked = [bool(stacked_axes(one.type, mine)) for mine, one in own if mine is not None]
        if call.inside is None and stacked and all(stacked):
            return call
    return None
