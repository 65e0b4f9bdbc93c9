"""What the arguments of nn.scan come to is what Flax makes of them."""

from __future__ import annotations

import msgspec
import pytest

from grader.evidence.lifting import Unlisted
from grader.evidence.scans import (
    Passed,
    Way,
    fits,
    is_exchanged,
    length_of,
    output_axes,
    passed,
    split,
    step_axes,
    step_shapes,
)
from grader.model.observation import (
    ArrayType,
    Axes,
    Axis,
    AxisEntry,
    AxisTree,
    Collections,
    Everything,
    KnobValue,
    NameFilter,
    Names,
    SplitEntry,
    TransformRun,
)

NONE = Everything(matches=False)
PARAMS = Names(names=("params",))


def a_run(
    *shapes: tuple[int, ...],
    in_axes: Axes | None = None,
    length: int | None = None,
    collections: Collections | None = None,
    parts: tuple[int, ...] | None = None,
) -> TransformRun:
    """Make a run with a carry of shape (5,), and inputs of these shapes, an argument for each."""
    arrays = tuple(ArrayType(dtype="float32", shape=each) for each in ((5,), *shapes))
    return TransformRun(
        number=0,
        transform="nn.scan",
        call=0,
        target="Cell",
        span=None,
        given=(),
        knobs=(
            KnobValue(name="in_axes", value=in_axes or Axis(value=0)),
            KnobValue(name="out_axes", value=Axis(value=-1)),
            KnobValue(name="length", value=Axis(value=length)),
        ),
        parts=parts or (1,) * len(arrays),
        inputs=arrays,
        digests=("",) * len(arrays),
        outputs=arrays,
        collections=collections,
    )


def collections(
    *axes: tuple[NameFilter, int | None],
    broadcast: NameFilter = NONE,
    carried: NameFilter = NONE,
    splits: tuple[SplitEntry, ...] = (),
) -> Collections:
    entries = tuple(AxisEntry(filter=names, axis=axis) for names, axis in axes)
    return Collections(broadcast=broadcast, carried=carried, axes=entries, splits=splits)


def with_inputs(carry: tuple[int, ...], *shapes: tuple[int, ...]) -> TransformRun:
    """Make a run with another carry than the usual."""
    arrays = tuple(ArrayType(dtype="float32", shape=each) for each in (carry, *shapes))
    return msgspec.structs.replace(a_run(*shapes), inputs=arrays, parts=(1, len(shapes)))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (collections((PARAMS, 0)), 0),
        (collections((PARAMS, None)), Way.NO_AXIS),
        (collections((Names(names=("cache",)), 0)), Unlisted()),
        (collections((PARAMS, 0), broadcast=PARAMS), Way.SHARED),
        (collections((PARAMS, 0), carried=Everything(matches=True)), Way.CARRIED),
        (collections(broadcast=PARAMS, carried=PARAMS), Way.SHARED),
    ],
)
def test_the_first_argument_that_names_a_collection_counts(
    given: Collections, expected: Passed
) -> None:
    assert passed(a_run(collections=given), "params") == expected


def test_a_run_that_says_nothing_passes_nothing_on() -> None:
    assert passed(a_run(), "params") == Unlisted()
    assert split(a_run(), "params") == Unlisted()


def test_streams() -> None:
    given = collections(splits=(SplitEntry(filter=PARAMS, split=True),))
    assert split(a_run(collections=given), "params") is True
    assert split(a_run(collections=given), "dropout") == Unlisted()


@pytest.mark.parametrize(
    ("run", "axes", "length", "shapes"),
    [
        (a_run((2, 3)), (0,), 2, ((3,),)),
        (a_run((2, 3), in_axes=Axis(value=-1)), (1,), 3, ((2,),)),
        (a_run((2, 3), in_axes=Axis(value=2)), (2,), None, None),
        (a_run((2, 3), in_axes=Axis(value=None), length=4), (None,), 4, ((2, 3),)),
        (a_run(length=4), (), 4, ()),
        (a_run(), (), None, ()),
        (
            a_run((2, 3), (3, 4), in_axes=AxisTree(items=(Axis(value=1), Axis(value=0)))),
            (1, 0),
            3,
            ((2,), (4,)),
        ),
        (a_run((2, 3), in_axes=AxisTree(items=(Axis(value=0),) * 2)), None, None, None),
    ],
)
def test_steps(
    run: TransformRun,
    axes: tuple[int | None, ...] | None,
    length: int | None,
    shapes: tuple[tuple[int, ...], ...] | None,
) -> None:
    assert (step_axes(run), length_of(run), step_shapes(run)) == (axes, length, shapes)


def test_axes_fit_as_a_tuple_with_an_entry_for_each_argument_after_the_carry() -> None:
    one, two = (Axis(value=0),), (Axis(value=0),) * 2
    assert fits(a_run((2, 3)))
    assert fits(a_run((2, 3), in_axes=AxisTree(items=one)))
    assert not fits(a_run((2, 3), in_axes=AxisTree(items=one, is_list=True)))
    assert not fits(a_run((2, 3), in_axes=AxisTree(items=two)))


def test_output_axes_are_counted_from_the_front() -> None:
    run = a_run((2, 3))
    assert output_axes(run, run) == (1,)


@pytest.mark.parametrize(
    ("ours", "theirs", "exchanged"),
    [
        (a_run((3, 4), parts=(1, 1)), a_run((3, 4), parts=(1, 1)), False),
        (with_inputs((3, 4), (5,)), a_run((3, 4), parts=(1, 1)), True),
        (with_inputs((3, 4), (6,)), a_run((3, 4), parts=(1, 1)), False),
        (with_inputs((6,), (5,)), a_run((3, 4), parts=(1, 1)), False),
        (with_inputs((5,), (5,)), a_run((5,), parts=(1, 1)), False),
    ],
)
def test_a_carry_in_place_of_what_a_loop_goes_over(
    ours: TransformRun, theirs: TransformRun, exchanged: bool
) -> None:
    assert is_exchanged(ours, theirs) == exchanged
