"""Which axes a map or loop of NNX goes over, and which it should: of arrays, and of objects.

An object needs no comparison with the reference: its weights either have one axis more than the
layer itself, which has to be mapped, or they don't, and there is nothing to map.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from grader.evidence.exceptions import is_across_border
from grader.evidence.lifting import normal_axis
from grader.evidence.nnx import NnxLook, stacked_axes, wants_own
from grader.evidence.scans import carried, carry_place, entry, is_nnx_loop, weights_entry
from grader.evidence.uses import SEVERAL
from grader.model.axes import CARRY
from grader.model.case import ArrayValue
from grader.model.nnx import WEIGHTS, NnxCall, NodeState
from grader.model.observation import ArrayType, Axes, Axis, TransformRun, Variable, digest
from grader.model.transforms import transform

OBJECT: Final = "the weights"
START: Final = "the initial carry"
_NONE: Final = Axis(value=None)
_KEY: Final = "RngKey"
_UNKNOWN: Final = -1000
_GIVEN: Final = -2000
"""No axes: which one it should be isn't known; it's the one that is mapped."""


Entry = int | str | None
"""An axis, None for an argument that is passed on whole, or `CARRY`."""


class MappedArgument(msgspec.Struct, frozen=True, kw_only=True):
    """An argument of a map or loop: what it is, its entry in `in_axes`, and the one it should have.

    `noun` is the name of one of the task's arguments, `OBJECT`, or `START`.
    """

    noun: str
    place: int
    given: Entry
    wanted: Entry


def mapped_otherwise(each: NnxLook) -> tuple[MappedArgument, ...]:
    """Return the arguments that are mapped over another axis than they should be."""
    run = each.actual.run
    if run is None or not each.expected.calls or not _shows(each, run):
        return ()
    return tuple(one for one in arguments(each, run) if one.given != one.wanted)


def arguments(each: NnxLook, run: TransformRun) -> tuple[MappedArgument, ...]:
    """Return the arguments of a run that can be told, as far as its entries are known."""
    found = [_object(each, run, n) or _array(each, run, n) for n in range(len(run.parts))]
    known = tuple(one for one in found if one is not None)
    return (*known, *_start(each, run, known)) if each.loops else known


def _start(
    each: NnxLook, run: TransformRun, known: tuple[MappedArgument, ...]
) -> Iterator[MappedArgument]:
    """Yield the argument that should be the carry, if it's none of the task's: the only one left.

    It has the types of what the reference's loop carries.
    """
    theirs = each.expected.run
    told = {one.place for one in known}
    left = [n for n in range(len(run.parts)) if n not in told]
    if theirs is None or carry_place(run) in left or CARRY in {one.wanted for one in known}:
        return
    alike = [n for n in left if _arrays(run, n) == carried(theirs) != ()]
    if len(alike) == 1:
        given = axes_of(run, alike[0])
        own = entry_of(given) if isinstance(given, Axis) else None
        yield MappedArgument(noun=START, place=alike[0], given=own, wanted=CARRY)


def _arrays(run: TransformRun, place: int) -> tuple[ArrayType, ...]:
    before = sum(run.parts[:place])
    return run.inputs[before : before + run.parts[place]]


def entry_of(axis: Axis) -> Entry:
    """Return an entry of `in_axes` in a form that can be compared."""
    return CARRY if axis.is_carry else axis.value


def _shows(each: NnxLook, run: TransformRun) -> bool:
    """Whether the run raised, or gave the wrong shape: another mistake makes numbers wrong.

    A loop inside another one, or in a map, goes over other axes. What a step's own text raises
    tells that it got something else, which may be the call's fault.
    """
    if each.loops and not each.comparable:
        return False
    if each.look.raised is not None:
        if is_across_border(each.look.raised):
            return False
        told = each.maps or each.look.raised.library is not None
        return run.raised and told and _has_arguments(run)
    theirs = each.expected.run
    shapes = [out.shape for out in run.outputs]
    wanted = [out.shape for out in theirs.outputs] if theirs is not None else shapes
    return shapes != wanted


def _has_arguments(run: TransformRun) -> bool:
    """Whether the run got an argument for each entry of `in_axes`."""
    axes = run.axes("in_axes")
    return isinstance(axes, Axis) or axes.is_state or len(axes.items) <= len(run.parts)


def axes_of(run: TransformRun, place: int) -> Axes:
    """Return the entry of `in_axes` for an argument."""
    found = entry(run.axes("in_axes"), place)
    return _NONE if found is None else found


def _object(each: NnxLook, run: TransformRun, place: int) -> MappedArgument | None:
    """Describe an object of the task's layer by the axes of its weights.

    A loop may hand weights on with `StateAxes`, but a carried object has to come back.
    """
    given = weights_entry(run, place)
    states = [state for state in run.states if state.argument == place]
    pairs = [pair for state in states for pair in _stacked(each, state)]
    if given is None or not pairs or not _is_entry(given, run, place):
        return None
    axes = [_wanted_axis(given.value, *pair) for pair in pairs]
    if _UNKNOWN in axes:
        return None
    own = entry_of(given)
    if all(axis == _GIVEN for axis in axes) and own != CARRY:
        return MappedArgument(noun=OBJECT, place=place, given=own, wanted=own)
    wanted = _common([own for own, _ in pairs], [other for _, other in pairs])
    if wanted == _UNKNOWN or (wanted is None and each.loops and wants_own(each)):
        return None
    return MappedArgument(noun=OBJECT, place=place, given=own, wanted=wanted)


def _is_entry(given: Axis, run: TransformRun, place: int) -> bool:
    """Whether it's an axis, None, or the mark for the carry that stands for the whole object."""
    alone = isinstance(axes_of(run, place), Axis) and is_nnx_loop(run)
    return given.invalid is None or (given.is_carry and alone)


def _wanted_axis(given: int | None, own: ArrayType, other: ArrayType) -> int | None:
    """Return the axis that a weight has beside the layer's own, None if it has no more.

    `_GIVEN` if it is, or may be, what is mapped; `_UNKNOWN` if it's one of several, or none. If
    nothing is mapped, any will do.
    """
    if other.shape == own.shape:
        return _GIVEN if given is None else None
    fitting = stacked_axes(other, own)
    if normal_axis(given, len(other.shape)) in fitting:
        return _GIVEN
    return min(fitting) if len(fitting) == 1 or (fitting and given is None) else _UNKNOWN


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


def _stacked(each: NnxLook, state: NodeState) -> Iterator[tuple[ArrayType, ArrayType]]:
    """Yield each weight as the task's layer sees it, and as the object has it."""
    inner = layer_weights(each, state.variables)
    for variable in state.variables:
        own = inner.get(variable.path)
        if own is not None and variable.collection == WEIGHTS:
            yield own, variable.type


def layer_weights(
    each: NnxLook, variables: tuple[Variable, ...]
) -> dict[tuple[str, ...], ArrayType]:
    """Return the weights of one layer, by their paths in an object with these variables.

    They are those that the program made it with: of the first module with as many of the same
    names, or of NNX's own layer; else as the reference calls that.
    """
    paths = {one.path for one in variables if one.collection == WEIGHTS}
    for layer in each.actual.record.layers:
        own = {one.path: one.type for one in layer.variables if one.collection == WEIGHTS}
        for path in paths if own else ():
            before = path[: len(path) - len(next(iter(own)))]
            if paths == {(*before, *name) for name in own}:
                return {(*before, *name): type_ for name, type_ in own.items()}
    wanted = each.expected.calls[0]
    made = [one for one in each.actual.record.layers if one.class_name == wanted.class_name]
    found = made[0].variables if made else wanted.variables
    return {variable.path: variable.type for variable in found}


def _array(each: NnxLook, run: TransformRun, place: int) -> MappedArgument | None:
    """Describe an argument of the task that is passed on as it came."""
    name = _name(each, run, place)
    wanted = _wanted(each, name) if name is not None else None
    given = axes_of(run, place)
    if name is None or wanted is None or not isinstance(given, Axis):
        return None
    if (given.invalid is not None and not given.is_carry) or _starts_elsewhere(run, place, wanted):
        return None
    own = _normal(given, len(_input(run, place)[1]))
    return MappedArgument(noun=name, place=place, given=entry_of(own), wanted=entry_of(wanted))


def _starts_elsewhere(run: TransformRun, place: int, wanted: Axis) -> bool:
    """Whether a loop begins with another array than the argument that the reference begins with."""
    start = carry_place(run)
    return wanted.is_carry and start not in {None, place} and bool(carried(run))


def _normal(axis: Axis, rank: int) -> Axis:
    """Count a negative axis from the front."""
    return axis if axis.is_carry else Axis(value=normal_axis(axis.value, rank))


def _wanted(each: NnxLook, name: str) -> Axis | None:
    """Return the axis of an argument that the reference maps."""
    run = each.expected.run
    for place in range(len(run.parts)) if run is not None else ():
        assert run is not None
        given = axes_of(run, place)
        if _name(each, run, place) == name and isinstance(given, Axis):
            return _normal(given, len(_input(run, place)[1]))
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


def maps_one_key(each: NnxLook) -> TransformRun | None:
    """Return what raised because a stream with one key went into it as if it had several.

    Not where the task's layers are drawn outside of all maps: there it needn't have several.
    """
    drawn = each.expected.draws(each.expected.classes)
    if drawn and all(draw.inside is None for draw in drawn):
        return None
    for run in each.actual.trail.record.transforms:
        row = transform(run.transform)
        if not run.raised or not row.of_nnx or row.does not in SEVERAL or each.look.raised is None:
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
    for call in each.actual.calls:
        inner = layer_weights(each, call.variables)
        own = [(inner.get(one.path), one) for one in call.variables if one.collection == WEIGHTS]
        stacked = [bool(stacked_axes(one.type, mine)) for mine, one in own if mine is not None]
        if call.inside is None and stacked and all(stacked):
            return call
    return None
