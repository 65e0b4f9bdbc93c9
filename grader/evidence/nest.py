"""What nested maps map over: the axes of the task's arrays at each level, and of the result.

Programs nest maps in many ways: one `jax.vmap` on another, or inner functions that use arrays from
outside. So each array that goes in is traced back to an argument of the task. Where that isn't
certain, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import msgspec

from grader.evidence.lifting import array_axes, normal_axis
from grader.evidence.look import Look
from grader.evidence.trail import Trail
from grader.evidence.uses import Chain, chains
from grader.model.case import ArrayValue
from grader.model.exercise import Array, Use
from grader.model.observation import Axes, Axis, AxisTree, TransformRun, digest

Mapped = tuple[str, int]
"""An argument of the task, and one of its axes."""

Order = tuple[frozenset[Mapped], ...]
"""What each axis of a result counts."""


class Operand(msgspec.Struct, frozen=True):
    """An array of the task without the axes that outer levels map, by name and remaining axes."""

    name: str
    axes: tuple[int, ...]
    shape: tuple[int, ...]

    def without(self, axis: int | None) -> Operand:
        """Return what the function inside gets of it."""
        if axis is None:
            return self
        return Operand(self.name, _removed(self.axes, axis), _removed(self.shape, axis))


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One map: what goes in, and which axes it maps together."""

    run: TransformRun
    operands: tuple[Operand, ...]
    mapped: frozenset[Mapped]

    def axes_for(self, wanted: frozenset[Mapped]) -> tuple[int | None, ...] | None:
        """Return the `in_axes` with which it maps what is wanted, None if nothing has that."""
        found = tuple(
            next((n for n, axis in enumerate(each.axes) if (each.name, axis) in wanted), None)
            for each in self.operands
        )
        return None if set(found) == {None} else found


def levels(look: Look, trail: Trail, use: Use) -> tuple[Level, ...]:
    """Return the levels of the first nest in a case, as far as they can be told."""
    chain = next(chains(trail, use), ())
    return tuple(_levels(look, chain))


def _levels(look: Look, chain: Chain) -> Iterator[Level]:
    whole = tuple(_arguments(look))
    outer: tuple[Operand, ...] = ()
    for run in chain:
        operands = _operands(look, run, outer, whole)
        axes = _axes(run)
        if operands is None or axes is None or not _fit(axes, operands):
            return
        pairs = tuple(zip(operands, axes, strict=True))
        mapped = {(each.name, each.axes[axis]) for each, axis in pairs if axis is not None}
        yield Level(run=run, operands=operands, mapped=frozenset(mapped))
        outer = tuple(each.without(axis) for each, axis in pairs)


def _axes(run: TransformRun) -> tuple[int | None, ...] | None:
    """Return the mapped axis of each array; None if there isn't an entry for each argument."""
    given = run.axes("in_axes")
    if isinstance(given, AxisTree) and len(given.items) != len(run.parts):
        return None
    return array_axes(given, run.inputs)


def _arguments(look: Look) -> Iterator[Operand]:
    for parameter in look.exercise.parameters:
        value = look.case.given(parameter.name)
        if isinstance(parameter, Array) and isinstance(value, ArrayValue):
            yield Operand(parameter.name, tuple(range(len(value.shape))), value.shape)


def _operands(
    look: Look, run: TransformRun, outer: tuple[Operand, ...], whole: tuple[Operand, ...]
) -> tuple[Operand, ...] | None:
    found = [
        _by_digest(look, key, whole) or _by_shape(type_.shape, outer, whole)
        for key, type_ in zip(run.digests, run.inputs, strict=False)
    ]
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(run.inputs) else None


def _by_digest(look: Look, key: str, whole: tuple[Operand, ...]) -> Operand | None:
    """Return the only argument with these numbers."""
    found = []
    for each in whole:
        value = look.case[each.name]
        if key and isinstance(value, ArrayValue) and digest(value.data) == key:
            found.append(each)
    return found[0] if len(found) == 1 else None


def _by_shape(
    shape: tuple[int, ...], outer: tuple[Operand, ...], whole: tuple[Operand, ...]
) -> Operand | None:
    """Return what has this shape, if only one thing does: of the level outside, or an argument."""
    for some in (outer, whole):
        found = {each for each in some if each.shape == shape}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _fit(axes: tuple[int | None, ...], operands: tuple[Operand, ...]) -> bool:
    pairs = zip(axes, operands, strict=True)
    return all(axis is None or 0 <= axis < len(each.axes) for axis, each in pairs)


def result_order(found: tuple[Level, ...]) -> Order | None:
    """Return which level each axis of the result belongs to; None if that can't be told.

    Axes of what the function itself returns belong to none.
    """
    if not found or any(len(each.run.outputs) != 1 for each in found):
        return None
    inner = found[-1].run.outputs[0].shape
    start: Order = (frozenset(),) * (len(inner) - 1)
    order = reduce(_with_level, reversed(found), start)
    return order if len(order) == len(found[0].run.outputs[0].shape) else None


def _with_level(
    order: tuple[frozenset[Mapped], ...], level: Level
) -> tuple[frozenset[Mapped], ...]:
    axis = out_axis(level.run, len(order) + 1)
    return (*order[:axis], level.mapped, *order[axis:])


def out_axis(run: TransformRun, rank: int) -> int:
    """Return where a map puts its axis in the result, counted from the front."""
    given: Axes | None = run.knob("out_axes")
    value = given.value if isinstance(given, Axis) else 0
    return normal_axis(value, rank) or 0


def _removed(values: tuple[int, ...], place: int) -> tuple[int, ...]:
    return values[:place] + values[place + 1 :]
