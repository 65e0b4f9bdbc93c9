"""What levels of nested maps are made of: operands, axes, and the order of the result."""

from __future__ import annotations

import pytest

from grader.evidence.nest import Level, Mapped, Operand, out_axis, result_order
from grader.model.observation import ArrayType, Axes, Axis, AxisTree, KnobValue, TransformRun

X, Y = Operand("x", (0, 1), (4, 2)), Operand("y", (0, 1), (3, 2))
OF_X, OF_Y = frozenset({("x", 0)}), frozenset({("y", 0)})


def a_level(
    mapped: frozenset[Mapped],
    *outputs: tuple[int, ...],
    out_axes: Axes | None = None,
    operands: tuple[Operand, ...] = (X, Y),
) -> Level:
    run = TransformRun(
        number=0,
        transform="jax.vmap",
        call=0,
        target="distance",
        span=None,
        given=(),
        knobs=() if out_axes is None else (KnobValue(name="out_axes", value=out_axes),),
        parts=(1, 1),
        inputs=(),
        digests=(),
        outputs=tuple(ArrayType(dtype="float32", shape=each) for each in outputs),
    )
    return Level(run=run, operands=operands, mapped=mapped)


def test_a_function_inside_gets_an_operand_without_the_mapped_axis() -> None:
    three = Operand("x", (0, 1, 2), (5, 6, 7))
    assert three.without(1) == Operand("x", (0, 2), (5, 7))
    assert three.without(0).without(1) == Operand("x", (1,), (6,))
    assert three.without(None) is three


@pytest.mark.parametrize(
    ("wanted", "axes"),
    [
        ({("x", 0)}, (0, None)),
        ({("x", 1), ("y", 1)}, (1, 1)),
        ({("y", 0)}, (None, 0)),
        ({("z", 0)}, None),
        (set(), None),
    ],
)
def test_the_axes_with_which_a_level_maps_what_is_wanted(
    wanted: set[Mapped], axes: tuple[int | None, ...] | None
) -> None:
    assert a_level(OF_X, (4,)).axes_for(frozenset(wanted)) == axes


def test_axes_are_counted_in_what_is_left_of_an_operand() -> None:
    level = a_level(OF_X, (4,), operands=(X.without(0), Y))
    assert level.axes_for(frozenset({("x", 1), ("y", 1)})) == (0, 1)
    assert level.axes_for(frozenset({("x", 0)})) is None


@pytest.mark.parametrize(
    ("levels", "order"),
    [
        ((a_level(OF_X, (4, 3)), a_level(OF_Y, (3,))), (OF_X, OF_Y)),
        ((a_level(OF_X, (3, 4), out_axes=Axis(value=1)), a_level(OF_Y, (3,))), (OF_Y, OF_X)),
        ((a_level(OF_X, (3, 4), out_axes=Axis(value=-1)), a_level(OF_Y, (3,))), (OF_Y, OF_X)),
        ((a_level(OF_X, (4, 2)),), (OF_X, frozenset())),
        ((a_level(OF_X, (2, 4), out_axes=Axis(value=1)),), (frozenset(), OF_X)),
        ((), None),
        ((a_level(OF_X, (4,), (4,)),), None),
        ((a_level(OF_X), a_level(OF_Y, (3,))), None),
        ((a_level(OF_X, (4, 3, 2)), a_level(OF_Y, (3,))), None),
    ],
)
def test_what_each_axis_of_the_result_counts(
    levels: tuple[Level, ...], order: tuple[frozenset[Mapped], ...] | None
) -> None:
    assert result_order(levels) == order


@pytest.mark.parametrize(
    ("given", "rank", "axis"),
    [
        (None, 2, 0),
        (Axis(value=1), 2, 1),
        (Axis(value=-1), 3, 2),
        (Axis(value=None), 2, 0),
        (AxisTree(items=(Axis(value=1),)), 2, 0),
    ],
)
def test_where_a_map_puts_its_axis(given: Axes | None, rank: int, axis: int) -> None:
    assert out_axis(a_level(OF_X, (4,), out_axes=given).run, rank) == axis
