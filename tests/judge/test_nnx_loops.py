"""What the arguments of nnx.scan come to: its carry, its steps, and what it does with objects."""

from __future__ import annotations

import msgspec
import pytest

from grader.evidence.loops import carried_by, keeps_carry
from grader.evidence.nnx_loops import marks, marks_inside, marks_one
from grader.evidence.scans import (
    carried,
    carry_out,
    carry_place,
    fits,
    length_of,
    scanned,
    scanned_digests,
    stacked,
    step_axes,
    weights_entry,
)
from grader.model.axes import CARRY
from grader.model.nnx import WEIGHTS, NodeState
from grader.model.observation import (
    ArrayType,
    Axes,
    Axis,
    AxisTree,
    BodyRun,
    KnobValue,
    TransformRun,
    Variable,
)

C = Axis(value=None, invalid=CARRY)
N, ZERO, ONE = Axis(value=None), Axis(value=0), Axis(value=1)
Shapes = tuple[tuple[int, ...], ...]


def tree(*items: Axes, is_list: bool = False) -> AxisTree:
    return AxisTree(items=items, is_list=is_list)


def by_kind(**axes: Axes) -> AxisTree:
    names = tuple("..." if name == "rest" else name for name in axes)
    return AxisTree(items=tuple(axes.values()), keys=names, is_state=True)


def types(shapes: Shapes) -> tuple[ArrayType, ...]:
    return tuple(ArrayType(dtype="float32", shape=each) for each in shapes)


def node(argument: int, *shapes: tuple[int, ...], kind: str = WEIGHTS) -> NodeState:
    """Make an object with arrays of these shapes."""
    return NodeState(
        argument=argument,
        class_name="Layer",
        variables=tuple(
            Variable(collection=kind, path=(str(n),), type=each, largest=1.0, alike_along=())
            for n, each in enumerate(types(shapes))
        ),
    )


def a_run(
    in_axes: Axes,
    *arguments: Shapes,
    out_axes: Axes = C,
    outputs: Shapes = (),
    length: int | None = None,
    states: tuple[NodeState, ...] = (),
    kept: tuple[int, ...] = (),
    transform: str = "nnx.scan",
) -> TransformRun:
    """Make a run; each argument is the shapes of its arrays, which an object has none of."""
    arrays = types(tuple(shape for each in arguments for shape in each))
    given = types(outputs)
    body = BodyRun(inputs=arrays, outputs=given[: len(kept)], kept=kept)
    return TransformRun(
        number=0,
        transform=transform,
        call=0,
        target="forward",
        span=None,
        given=(),
        knobs=(
            KnobValue(name="in_axes", value=in_axes),
            KnobValue(name="out_axes", value=out_axes),
            KnobValue(name="length", value=Axis(value=length)),
        ),
        parts=tuple(len(each) for each in arguments),
        inputs=arrays,
        digests=tuple("abcdefg"[: len(arrays)]),
        outputs=given,
        bodies=(body,) if kept else (),
        states=states,
    )


X, Y, PAIR = ((5,),), ((3, 5),), ((3,), (4,))


@pytest.mark.parametrize(
    ("axes", "place"),
    [
        (C, 0),
        (ZERO, None),
        (N, None),
        (tree(C, ZERO), 0),
        (tree(ZERO, C), 1),
        (tree(ZERO, N), None),
        (tree(ZERO, tree(C)), None),
        (by_kind(Param=N, rest=C), None),
    ],
)
def test_the_carry_is_what_in_axes_marks(axes: Axes, place: int | None) -> None:
    assert carry_place(a_run(axes, X)) == place
    assert carry_place(a_run(axes, X, transform="jax.lax.scan")) == 0


@pytest.mark.parametrize(
    ("run", "carry", "others", "digests", "axes"),
    [
        (a_run(tree(C, ZERO), X, Y), X, Y, ("b",), (0,)),
        (a_run(tree(ONE, C), Y, X), X, Y, ("a",), (1,)),
        (a_run(tree(Axis(value=-1), C), Y, X), X, Y, ("a",), (1,)),
        (a_run(tree(ZERO, C), (), X), X, (), (), ()),
        (a_run(tree(N, C, ZERO), X, PAIR, Y), PAIR, (*X, *Y), ("a", "d"), (None, 0)),
        (a_run(tree(tree(ZERO, N), C), PAIR, X), X, PAIR, ("a", "b"), (0, None)),
        (a_run(C, X), X, (), (), ()),
        (a_run(ZERO, X, Y), (), (*X, *Y), ("a", "b"), (0, 0)),
        (a_run(tree(C), X, Y), X, Y, ("b",), None),
        (a_run(tree(ZERO, ZERO, C), X, Y), (), (*X, *Y), ("a", "b"), (0, 0)),
    ],
)
def test_arrays_are_the_carry_or_beside_it(
    run: TransformRun,
    carry: Shapes,
    others: Shapes,
    digests: tuple[str, ...],
    axes: tuple[int | None, ...] | None,
) -> None:
    assert tuple(each.shape for each in carried(run)) == carry
    assert tuple(each.shape for each in scanned(run)) == others
    assert scanned_digests(run) == digests
    assert step_axes(run) == axes


@pytest.mark.parametrize(
    ("out_axes", "outputs", "others"),
    [
        (C, X, ()),
        (tree(C, ZERO), (*X, *Y), Y),
        (tree(ZERO, C), (*Y, *X), Y),
        (tree(ZERO, C, ZERO), (*Y, *X, *Y), (*Y, *Y)),
        (ZERO, Y, Y),
    ],
)
def test_the_other_results_are_stacked(out_axes: Axes, outputs: Shapes, others: Shapes) -> None:
    run = a_run(tree(C, ZERO), X, Y, out_axes=out_axes, outputs=outputs)
    assert tuple(each.shape for each in stacked(run)) == others


def test_a_carry_in_the_last_result_may_have_several_arrays() -> None:
    run = a_run(tree(C, ZERO), PAIR, Y, out_axes=tree(ZERO, C))
    assert carry_out(run, 5) == slice(3, 5)


@pytest.mark.parametrize(
    ("in_axes", "out_axes", "kept", "keeps"),
    [
        (tree(C, ZERO), C, (0,), True),
        (tree(C, ZERO), C, (-1,), False),
        (tree(ZERO, C), C, (1,), True),
        (tree(ZERO, C), C, (0,), False),
        (tree(C, ZERO), tree(C, ZERO), (0, -1), True),
        (tree(C, ZERO), tree(ZERO, C), (-1, 0), True),
        (tree(C, ZERO), tree(ZERO, C), (0, -1), False),
        (tree(C, ZERO), C, (), False),
        (tree(ZERO, N), ZERO, (1,), False),
    ],
)
def test_a_step_that_returns_the_carry_that_it_got(
    in_axes: Axes, out_axes: Axes, kept: tuple[int, ...], keeps: bool
) -> None:
    outputs = X * len(kept)
    run = a_run(in_axes, X, X, out_axes=out_axes, outputs=outputs, kept=kept)
    assert keeps_carry(run) is keeps


def test_numbers_are_not_counted_where_any_argument_may_be_one() -> None:
    body = BodyRun(inputs=types((*X, *Y)), outputs=types(X), kept=(-1,))
    run = msgspec.structs.replace(a_run(tree(C, ZERO), (), Y), bodies=(body,))
    assert carried_by(run) == 0
    assert carried_by(msgspec.structs.replace(run, transform="jax.lax.scan")) == 1


LAYERS = node(0, (3, 4), (3, 4, 4))


@pytest.mark.parametrize(
    ("run", "length"),
    [
        (a_run(tree(ZERO, C), (), X, states=(LAYERS,)), 3),
        (a_run(tree(ONE, C), (), X, states=(LAYERS,)), 4),
        (a_run(tree(Axis(value=-1), C), (), X, states=(LAYERS,)), 4),
        (a_run(tree(by_kind(Param=ZERO, rest=N), C), (), X, states=(LAYERS,)), 3),
        (a_run(tree(N, C), (), X, states=(LAYERS,)), None),
        (a_run(tree(N, C), (), X, states=(LAYERS,), length=7), 7),
        (a_run(tree(ZERO, C), (), X, states=(node(0, (9,), kind="RngKey"),)), None),
        (a_run(tree(ZERO, C), (), X, states=(node(-1, (9,)),)), None),
        (a_run(tree(ZERO, C), (), X, states=(node(0, ()),), length=2), 2),
        (a_run(tree(N, C, ZERO), (), X, Y, states=(LAYERS,)), 3),
    ],
)
def test_an_object_that_a_loop_goes_over_says_how_many_steps_there_are(
    run: TransformRun, length: int | None
) -> None:
    assert length_of(run) == length


@pytest.mark.parametrize(
    ("axes", "entry"),
    [
        (tree(ZERO, C), ZERO),
        (tree(C, ZERO), C),
        (tree(by_kind(Param=ONE, rest=N), C), ONE),
        (tree(by_kind(BatchStat=ZERO, rest=N), C), N),
        (tree(by_kind(BatchStat=ZERO), C), None),
        (tree(tree(ZERO), C), None),
        (tree(), None),
    ],
)
def test_the_entry_of_weights(axes: Axes, entry: Axis | None) -> None:
    assert weights_entry(a_run(axes, (), X), 0) == entry


@pytest.mark.parametrize(
    ("axes", "fitting"),
    [
        (tree(C, ZERO), True),
        (tree(C, ZERO, N), False),
        (tree(C), False),
        (tree(C, ZERO, is_list=True), False),
        (ZERO, True),
        (C, False),
    ],
)
def test_axes_have_an_entry_for_each_argument(axes: Axes, fitting: bool) -> None:
    assert fits(a_run(axes, X, Y)) is fitting


def test_the_carry_alone_is_for_one_argument() -> None:
    assert fits(a_run(C, X))


@pytest.mark.parametrize(
    ("axes", "count", "inside", "in_states"),
    [
        (C, 1, False, False),
        (ZERO, 0, False, False),
        (tree(ZERO, C), 1, False, False),
        (tree(C, C), 2, False, False),
        (tree(ZERO, tree(C)), 0, True, True),
        (tree(C, tree(ZERO, tree(C))), 1, True, True),
        (tree(by_kind(Param=C, rest=N), C), 1, False, True),
        (by_kind(Param=C, rest=N), 0, False, True),
        (by_kind(Param=N), 0, False, False),
    ],
)
def test_marks_of_the_carry(axes: Axes, count: int, inside: bool, in_states: bool) -> None:
    assert marks(axes) == count
    assert marks_inside(axes) is inside
    assert marks_inside(axes, states=True) is in_states
    assert marks_one(axes) is (count == 1 and not inside)
