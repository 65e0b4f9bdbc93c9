"""What the arguments of nn.vmap come to is what Flax makes of them."""

from __future__ import annotations

import ast

import pytest

from grader.evidence.lifting import (
    Unlisted,
    axes_text,
    collection_axis,
    inner_shapes,
    mapped_size,
    matches,
    nested,
    stream_split,
)
from grader.model.observation import (
    ArrayType,
    Axis,
    AxisEntry,
    AxisTree,
    Deny,
    Everything,
    LiftedCall,
    NameFilter,
    Names,
    SplitEntry,
)

ALL, NONE = Everything(matches=True), Everything(matches=False)
PARAMS, STATS = Names(names=("params",)), Names(names=("batch_stats", "cache"))


@pytest.mark.parametrize(
    ("names", "name", "expected"),
    [
        (ALL, "params", True),
        (NONE, "params", False),
        (PARAMS, "params", True),
        (STATS, "cache", True),
        (STATS, "params", False),
        (Deny(names=PARAMS), "params", False),
        (Deny(names=STATS), "params", True),
        (Deny(names=Deny(names=PARAMS)), "params", True),
    ],
)
def test_filters(names: NameFilter, name: str, *, expected: bool) -> None:
    assert matches(names, name) is expected


def test_the_first_filter_that_matches_counts() -> None:
    entries = (AxisEntry(filter=Deny(names=STATS), axis=0), AxisEntry(filter=ALL, axis=None))
    assert collection_axis(entries, "params", "in") == 0
    assert collection_axis(entries, "cache", "in") is None
    assert collection_axis((), "params", "in") == Unlisted()


def test_in_and_out_have_separate_axes() -> None:
    entries = (
        AxisEntry(filter=PARAMS, axis=0, direction="in"),
        AxisEntry(filter=PARAMS, axis=1, direction="out"),
    )
    assert collection_axis(entries, "params", "in") == 0
    assert collection_axis(entries, "params", "out") == 1


def test_streams() -> None:
    entries = (SplitEntry(filter=PARAMS, split=False), SplitEntry(filter=ALL, split=True))
    assert stream_split(entries, "params") is False
    assert stream_split(entries, "dropout") is True
    assert stream_split(entries[:1], "dropout") == Unlisted()


def lifted_call(axes: Axis | AxisTree) -> LiftedCall:
    return LiftedCall(
        id=0,
        transform="vmap",
        target="Dense",
        span=None,
        given=(),
        in_axes=axes,
        out_axes=Axis(value=0),
        variable_axes=(),
        split_rngs=(),
    )


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        (Axis(value=0), (4,)),
        (Axis(value=-2), (4,)),
        (Axis(value=1), (3,)),
        (Axis(value=-1), (3,)),
        (Axis(value=None), (3, 4)),
        (AxisTree(items=(Axis(value=1),)), (3,)),
        (Axis(value=2), None),
        (AxisTree(items=(Axis(value=0), Axis(value=None))), None),
    ],
)
def test_shapes_of_one_example(axes: Axis | AxisTree, shape: tuple[int, ...] | None) -> None:
    inner = inner_shapes(lifted_call(axes), (ArrayType(dtype="float32", shape=(3, 4)),))
    assert inner == (None if shape is None else (ArrayType(dtype="float32", shape=shape),))


def test_axes_are_written_as_in_python() -> None:
    tree = AxisTree(items=(Axis(value=0), AxisTree(items=(Axis(value=None),))))
    assert axes_text(tree) == "(0, (None,))"
    assert axes_text(AxisTree(items=(Axis(value=-1),), keys=("x",))) == "{'x': -1}"
    assert axes_text(Axis(value=None, invalid="'batch'")) == "'batch'"


@pytest.mark.parametrize(
    ("axes", "size"), [((0, None), 3), ((None, -1), 4), ((None, None), None), ((0, 1), None)]
)
def test_a_flag_next_to_the_input_is_not_an_array(
    axes: tuple[int | None, ...], size: int | None
) -> None:
    tree = AxisTree(items=tuple(Axis(value=each) for each in axes))
    array = ArrayType(dtype="float32", shape=(3, 4))
    assert mapped_size(lifted_call(tree), (array,)) == size


@pytest.mark.parametrize(
    ("axes", "wanted", "arrays", "place"),
    [
        ("(0, (0, 1))", "(0, None)", 2, 1),
        ("((0, 1), 0)", "(0, 0)", 2, 0),
        ("(0, (0, 1))", "(0, (0, 1))", 2, None),
        ("((0, 1), (0, 1))", "((0, 1), 0)", 2, 1),
        ("(0, 1)", "(0, None)", 2, None),
        ("(0, (0, 1))", "(0, None)", 3, None),
        ("0", "(0, None)", 2, None),
        ("((0, 1), 0)", "0", 2, None),
    ],
)
def test_an_entry_with_several_axes_for_one_array(
    axes: str, wanted: str, arrays: int, place: int | None
) -> None:
    some = (ArrayType(dtype="float32", shape=(3, 4)),) * arrays
    assert nested(axes_of(axes), axes_of(wanted), some) == place


def axes_of(text: str) -> Axis | AxisTree:
    """Return the axes that Python writes so."""

    def of(value: object) -> Axis | AxisTree:
        if isinstance(value, tuple):
            return AxisTree(items=tuple(map(of, value)))
        assert value is None or isinstance(value, int)
        return Axis(value=value)

    return of(ast.literal_eval(text))
