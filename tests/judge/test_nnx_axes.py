"""Maps of NNX: which axes they go over, which they should, and what is said of others."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.nnx import NnxLook, beside, indices, nnx_look, outer_weight, stacked_axes
from grader.evidence.nnx_axes import (
    OBJECT,
    axes_of,
    mapped_otherwise,
    maps_one_key,
    unmapped,
)
from grader.model.exercise import Use
from grader.model.nnx import NnxDraw, NnxRecord, NodeState
from grader.model.observation import (
    Axes,
    Axis,
    AxisTree,
    KnobValue,
    Observation,
    Span,
    TransformRun,
    Variable,
)
from grader.rules.nnx_axes import inward, outward
from tests.judge.made import (
    TASK,
    at,
    call,
    case,
    did,
    evidence,
    layer,
    look,
    node,
    numbers,
    of,
    raised,
    ran,
    typed,
    variable,
)

USE: Final = Use(any_of=("nnx.vmap",), of="the layer")
MAPS: Final = msgspec.structs.replace(TASK, uses=(USE,))
TEXT: Final = """\
from flax import nnx
def forward(seed, x, width):
    return nnx.vmap(run, in_axes=(None, 1))(model, x)
"""
PLACE: Final = Span(line=3, column=12, end_line=3, end_column=44)
CASE: Final = case(3, 2, 4)
DATA: Final = CASE["x"]
X: Final = of(DATA)
KERNEL: Final = variable("Param/kernel", 2, 4)
BIAS: Final = variable("Param/bias", 4)
KERNELS: Final = variable("Param/kernel", 3, 2, 4)
BIASES: Final = variable("Param/bias", 3, 4)
LAYER: Final = (KERNEL, BIAS)
ANSWER: Final = numbers(*range(12), shape=(3, 4))


def axes(*values: Axes | int | None) -> AxisTree:
    items = tuple(
        each if isinstance(each, Axis | AxisTree) else Axis(value=each) for each in values
    )
    return AxisTree(items=items)


def per_type(**values: int | None) -> AxisTree:
    """Return a `StateAxes`."""
    items = tuple(Axis(value=each) for each in values.values())
    return AxisTree(items=items, keys=tuple(values), is_state=True)


def knob(name: str, value: Axes) -> KnobValue:
    return KnobValue(name=name, value=value)


def mapped(
    in_axes: Axes | None, *states: NodeState, out: int | None = None, **more: Any
) -> TransformRun:
    knobs = [knob("in_axes", in_axes)] if in_axes is not None else []
    knobs += [knob("out_axes", Axis(value=out))] if out is not None else []
    plain = {
        "knobs": tuple(knobs),
        "parts": (0, 1),
        "inputs": (typed(3, 2),),
        "digests": (X,),
        "states": states or (node(0, *LAYER),),
        "outputs": (typed(3, 4),),
        "given_back": (of(ANSWER),),
        "span": PLACE,
    }
    return ran(**({"transform": "nnx.vmap"} | plain | more))


INNER: Final = NnxRecord(layers=(layer(0, *LAYER),), calls=(call(*LAYER, inside=0),))
RIGHT: Final = did(ANSWER, transforms=(mapped(axes(None, 0)),), nnx=INNER)


def played(
    *runs: TransformRun, outcome: Any = None, nnx: NnxRecord = INNER, expected: Any = RIGHT
) -> Look:
    """Play runs that raised unless they have an outcome."""
    actual = did(raised() if outcome is None else outcome, transforms=runs, nnx=nnx)
    return look(expected, actual, CASE, MAPS)


def of_look(one: Look) -> NnxLook:
    return nnx_look(one, USE)


Told = list[tuple[str, int | None, int | None]]


def others(one: Look) -> Told:
    return [(each.noun, each.given, each.wanted) for each in mapped_otherwise(of_look(one))]


def failing(in_axes: Axes | None, *states: NodeState, **more: Any) -> Look:
    return played(mapped(in_axes, *states, raised=True, **more))


STACK: Final = node(0, KERNELS, BIASES)
ENDS: Final = node(0, variable("Param/kernel", 2, 4, 3), variable("Param/bias", 4, 3))
SQUARE: Final = node(0, variable("Param/kernel", 2, 4, 4))
OTHERWISE: Final = {
    "as the task": (failing(axes(None, 0)), []),
    "one layer as many": (failing(axes(0, 0)), [(OBJECT, 0, None)]),
    "one layer as many by default": (failing(None), [(OBJECT, 0, None)]),
    "one number for all": (failing(Axis(value=0)), [(OBJECT, 0, None)]),
    "many layers as one": (failing(axes(None, 0), STACK), [(OBJECT, None, 0)]),
    "many layers": (failing(axes(0, 0), STACK), []),
    "many layers from the end": (failing(axes(-3, 0), node(0, KERNELS)), []),
    "many layers over a wrong axis": (failing(axes(1, 0), STACK), [(OBJECT, 1, 0)]),
    "many layers with the axis last": (failing(axes(0, 0), ENDS), [(OBJECT, 0, -1)]),
    "an axis that may be one of two": (failing(axes(0, 0), SQUARE), []),
    "one of two axes": (failing(axes(2, 0), SQUARE), []),
    "weights of another form": (failing(axes(0, 0), node(0, variable("Param/kernel", 7))), []),
    "a weight of two that is stacked": (failing(axes(1, 0), node(0, KERNELS, BIAS)), []),
    "a layer of another class": (failing(axes(0, 0), node(0, variable("Param/other", 9))), []),
    "statistics": (failing(axes(0, 0), node(0, variable("BatchStat/kernel", 2, 4))), []),
    "an object that comes back": (failing(axes(0, 0), node(-1, *LAYER)), []),
    "no axes for it": (failing(axes(Axis(value=None, invalid="x"), 0)), []),
    "a filter for weights": (failing(axes(per_type(Param=0), 0)), [(OBJECT, 0, None)]),
    "a filter for all": (failing(axes(per_type(**{"...": 0}), 0)), [(OBJECT, 0, None)]),
    "a filter of True": (failing(axes(per_type(**{"True": 0}), 0)), [(OBJECT, 0, None)]),
    "a filter for others": (failing(axes(per_type(BatchStat=0), 0)), []),
    "the second filter": (failing(axes(per_type(BatchStat=1, Param=0), 0)), [(OBJECT, 0, None)]),
    "a dict": (failing(axes(AxisTree(items=(Axis(value=0),), keys=("Param",)), 0)), []),
    "a filter for everything": (failing(per_type(**{"...": 0})), [(OBJECT, 0, None)]),
    "the array over another axis": (failing(axes(None, 1)), [("x", 1, 0)]),
    "the array as a whole": (failing(axes(None, None)), [("x", None, 0)]),
    "the array from the end": (failing(axes(None, -2)), []),
    "the array over another from the end": (failing(axes(None, -1)), [("x", 1, 0)]),
    "no axis for the array": (failing(axes(None)), [("x", None, 0)]),
    "a tree for the array": (failing(axes(None, axes(1))), []),
    "no axes for the array": (failing(axes(None, Axis(value=None, invalid="x"))), []),
    "another array": (failing(axes(None, 1), digests=("other",)), []),
    "a tracer": (failing(axes(None, 1), digests=("",)), []),
    "the array in another shape": (failing(axes(None, 1), inputs=(typed(2, 3),)), []),
    "two arrays in one argument": (
        failing(axes(None, 1), parts=(0, 2), inputs=(typed(3, 2),) * 2, digests=(X, X)),
        [],
    ),
    "the array first": (
        failing(axes(1, None), node(1, *LAYER), parts=(1, 0)),
        [("x", 1, 0)],
    ),
    "after another array": (
        failing(
            axes(0, 1),
            node(2, *LAYER),
            parts=(1, 1),
            inputs=(typed(9), typed(3, 2)),
            digests=("o", X),
        ),
        [("x", 1, 0)],
    ),
    "both": (failing(axes(0, 1)), [(OBJECT, 0, None), ("x", 1, 0)]),
    "raised elsewhere": (played(mapped(axes(0, 1))), []),
    "the right shape": (played(mapped(axes(0, 1)), outcome=numbers(1)), []),
    "another shape": (
        played(mapped(axes(0, 1), outputs=(typed(2, 4),)), outcome=numbers(1)),
        [(OBJECT, 0, None), ("x", 1, 0)],
    ),
    "another shape and no map of the reference's": (
        played(
            mapped(axes(0, 1), outputs=(typed(2, 4),)),
            outcome=numbers(1),
            expected=did(ANSWER, nnx=INNER),
        ),
        [],
    ),
    "no map of the reference's": (
        played(
            mapped(axes(0, 1), raised=True),
            expected=did(ANSWER, nnx=NnxRecord(calls=(call(*LAYER),))),
        ),
        [(OBJECT, 0, None)],
    ),
    "no layer of the reference's": (
        played(
            mapped(axes(0, 1), raised=True),
            expected=did(ANSWER, transforms=(mapped(axes(None, 0)),)),
        ),
        [],
    ),
    "no map": (played(), []),
    "the layer as the reference calls it": (
        played(mapped(axes(0, 0), raised=True), nnx=NnxRecord()),
        [(OBJECT, 0, None)],
    ),
    "the layer as the program makes it": (
        played(
            mapped(axes(0, 0), STACK, raised=True),
            nnx=NnxRecord(layers=(layer(0, class_name="Other"), layer(1, KERNELS, BIASES))),
        ),
        [(OBJECT, 0, None)],
    ),
    "a reference that maps the array otherwise": (
        failing(axes(None, 0)),
        [],
    ),
}


@pytest.mark.parametrize(("one", "told"), OTHERWISE.values(), ids=OTHERWISE)
def test_what_is_mapped_over_another_axis_is_told_by_its_shapes(one: Look, told: Told) -> None:
    assert others(one) == told


def test_the_reference_may_map_the_second_axis_or_none() -> None:
    for wanted, given, told in (
        (axes(None, 1), 0, [("x", 0, 1)]),
        (axes(None, -1), 0, [("x", 0, 1)]),
        (axes(None, None), 0, [("x", 0, None)]),
        (axes(None, axes(0)), 1, []),
    ):
        reference = did(ANSWER, transforms=(mapped(wanted),), nnx=INNER)
        assert others(played(mapped(axes(None, given), raised=True), expected=reference)) == told


def test_an_entry_of_in_axes_is_for_an_argument() -> None:
    entry = [axes_of(mapped(each), 1) for each in (None, Axis(value=2), axes(3, 4), axes(3))]
    assert [each.value for each in entry if isinstance(each, Axis)] == [0, 2, 4, None]
    every = per_type(Param=1)
    assert axes_of(mapped(every), 1) is every


# ----------------------------------------------------------------------------------- streams

KEY: Final = variable("RngKey/key")
KEYS: Final = variable("RngKey/key", 3)


def streams(in_axes: Axes | None, *states: NodeState, outcome: Any = None, **more: Any) -> bool:
    one = played(mapped(in_axes, *states, **({"raised": True} | more)), outcome=outcome)
    return maps_one_key(of_look(one)) is not None


def test_a_stream_with_one_key_has_no_axis_to_map() -> None:
    assert streams(axes(0, 0), node(0, KEY))
    assert streams(axes(None, 0), node(0, KEYS), node(1, KEY))
    assert not streams(axes(None, 0), node(0, KEY))
    assert not streams(axes(per_type(RngKey=0), 0), node(0, KEY))
    assert not streams(axes(0, 0), node(0, KEYS))
    assert not streams(axes(0, 0), node(-1, KEY))


def test_a_stream_needs_no_axis_where_the_task_draws_outside_of_maps() -> None:
    for inside, told in ((None, False), (0, True)):
        drawn = NnxDraw(stream="params", data="00", count=0, layer=0, span=None, inside=inside)
        nnx = msgspec.structs.replace(INNER, draws=(drawn,))
        expected = did(ANSWER, transforms=(mapped(axes(None, 0)),), nnx=nnx)
        one = played(mapped(axes(0, 0), node(0, KEY), raised=True), expected=expected)
        assert (maps_one_key(of_look(one)) is not None) is told
    assert not streams(axes(0, 0), node(0, variable("Param/scale")))
    assert not streams(axes(0, 0), node(0, KEY), raised=False)
    assert not streams(axes(0, 0), node(0, KEY), outcome=ANSWER)
    assert streams(axes(0, 0), node(0, KEY), transform="nnx.scan")
    assert not streams(axes(0, 0), node(0, KEY), transform="jax.vmap")
    assert not streams(axes(0, 0), node(0, KEY), transform="nnx.grad")


# ------------------------------------------------------------------------ layers without a map


def called(*variables: Variable, made: bool = True, **more: Any) -> NnxRecord:
    """Return the record of a call outside of all maps."""
    layers = (layer(0, *LAYER),) if made else ()
    return NnxRecord(layers=layers, calls=(call(*variables, span=at(3), **more),))


WITHOUT: Final = {
    "many layers": (called(KERNELS, BIASES), True),
    "one layer": (called(KERNEL, BIAS), False),
    "a weight of two": (called(KERNELS, BIAS), False),
    "no weights": (called(variable("BatchStat/kernel", 3, 2, 4)), False),
    "others": (called(variable("Param/other", 3, 2, 4)), False),
    "others beside": (called(variable("Param/other", 3), KERNELS), True),
    "in another transform": (called(KERNELS, inside=7), False),
    "as the reference calls it": (called(KERNELS, made=False), True),
}


@pytest.mark.parametrize(("nnx", "yes"), WITHOUT.values(), ids=WITHOUT)
def test_many_layers_may_be_called_as_one(nnx: NnxRecord, *, yes: bool) -> None:
    assert (unmapped(of_look(played(nnx=nnx))) is not None) is yes
    assert unmapped(of_look(played(mapped(axes(0, 0)), nnx=nnx))) is None
    plain = did(ANSWER, nnx=INNER)
    assert unmapped(of_look(played(nnx=nnx, expected=plain))) is None


BESIDE: Final = {
    "the layer": (played(outcome=ANSWER, nnx=called(*LAYER)), True),
    "no layer": (played(outcome=ANSWER), False),
    "another layer": (played(outcome=ANSWER, nnx=called(class_name="Conv")), False),
    "beside another layer": (
        played(
            outcome=ANSWER, nnx=NnxRecord(calls=(call(class_name="Conv", inside=0), call(*LAYER)))
        ),
        True,
    ),
    "in another transform": (played(outcome=ANSWER, nnx=called(*LAYER, inside=7)), False),
    "a map that gives an array": (
        played(mapped(axes(None, 0)), outcome=ANSWER, nnx=called(*LAYER)),
        False,
    ),
    "a map that gives none": (
        played(mapped(axes(None, 0), outputs=()), outcome=ANSWER, nnx=called(*LAYER)),
        True,
    ),
    "as in the reference": (
        played(outcome=ANSWER, nnx=called(*LAYER), expected=did(ANSWER, nnx=called(*LAYER))),
        False,
    ),
}


@pytest.mark.parametrize(("one", "yes"), BESIDE.values(), ids=BESIDE)
def test_a_layer_may_be_called_beside_the_map(one: Look, *, yes: bool) -> None:
    assert (beside(of_look(one)) is not None) is yes
    assert beside(nnx_look(one, None)) is None


# ------------------------------------------------------------------------------------- lengths


def test_a_map_is_as_long_as_its_axis_in_the_result() -> None:
    for run, length in (
        (mapped(None), 3),
        (mapped(None, out=1), 4),
        (mapped(None, out=-1), 4),
        (mapped(None, outputs=()), 0),
        (mapped(None, outputs=(typed(3), typed(3))), 0),
        (mapped(None, outputs=(typed(),)), 0),
    ):
        assert indices(of_look(played(run, outcome=ANSWER)).actual) == length
    assert indices(of_look(played(outcome=ANSWER)).actual) == 0


def test_an_axis_more_may_be_at_several_places() -> None:
    assert stacked_axes(typed(3, 2, 4), typed(2, 4)) == {0}
    assert stacked_axes(typed(4, 4), typed(4)) == {0, 1}
    assert stacked_axes(typed(2, 4), typed(2, 4)) == set()
    assert stacked_axes(typed(9, 4), typed(2, 4)) == set()
    assert stacked_axes(typed(2, 3), typed(4)) == set()


def test_a_weight_is_found_outside_of_the_map() -> None:
    deep = variable("Param/net/kernel", 3, 2, 4)
    for states, found in (
        ((node(0, KERNELS),), KERNELS),
        ((node(0, deep),), deep),
        ((node(0, KERNEL),), None),
        ((node(0, variable("Param/bias", 3, 2, 4)),), None),
        ((node(-1, KERNELS),), KERNELS),
    ):
        side = of_look(played(mapped(axes(0, 0), *states), outcome=ANSWER)).actual
        assert outer_weight(side, KERNEL) == found


# --------------------------------------------------------------------------------- what is said


def said(*looks: Look, text: str = TEXT) -> list[tuple[str, str]]:
    found = list(inward(evidence(looks, text, MAPS)))
    assert all(each.span is not None and each.span.line == 3 for each in found)
    return [(each.message, each.help) for each in found]


WORDS: Final = {
    "one layer as many": (
        failing(axes(0, 0)),
        "in_axes=(0, 0) maps axis 0 of the weights, but they have no axis to map",
        "set in_axes=(None, 0)",
    ),
    "many layers as one": (
        failing(axes(None, 0), STACK),
        "in_axes=(None, 0) doesn't map the weights, but they have the axis 0 to map",
        "set in_axes=(0, 0)",
    ),
    "another axis": (
        failing(axes(None, 1)),
        "in_axes=(None, 1) maps axis 1 of x, the inputs, but it should map axis 0 of x, the batch",
        "set in_axes=(None, 0)",
    ),
    "no axis": (
        failing(axes(None, None)),
        "in_axes=(None, None) doesn't map x, but it should map axis 0 of x, the batch",
        "set in_axes=(None, 0)",
    ),
    "an axis too many": (
        played(
            mapped(axes(None, 0), raised=True),
            expected=did(ANSWER, transforms=(mapped(axes(None, None)),), nnx=INNER),
        ),
        "in_axes=(None, 0) maps axis 0 of x, the batch, but each call needs all of x",
        "set in_axes=(None, None)",
    ),
    "an axis that isn't there": (
        failing(axes(None, 2)),
        "in_axes=(None, 2) maps axis 2 of x, but it should map axis 0 of x, the batch",
        "set in_axes=(None, 0)",
    ),
    "by default": (
        failing(None),
        "in_axes=0 maps axis 0 of the weights, but they have no axis to map",
        "set in_axes=(None, 0)",
    ),
    "the only argument": (
        failing(None, parts=(0,), inputs=(), digests=()),
        "in_axes=0 maps axis 0 of the weights, but they have no axis to map",
        "set in_axes=None",
    ),
    "without a map": (
        played(nnx=called(KERNELS, BIASES)),
        "the object has an axis for each of its layers, but is called without nnx.vmap",
        "map a function of one layer over the object: nnx.vmap(the layer, in_axes=…)",
    ),
}


@pytest.mark.parametrize(("one", "message", "advice"), WORDS.values(), ids=WORDS)
def test_other_axes_are_told_with_the_right_ones(one: Look, message: str, advice: str) -> None:
    assert said(one) == [(message, advice)]


def test_axes_are_told_of_the_case_with_the_most_sizes() -> None:
    def square(size: int) -> Look:
        of_case = case(size, size, size)
        data = of_case["x"]
        run = mapped(axes(1, 1), raised=True, inputs=(typed(size, size),), digests=(of(data),))
        states = (node(0, variable("Param/kernel", size, size)),)
        run = msgspec.structs.replace(run, states=states)
        return look(RIGHT, did(raised(), transforms=(run,), nnx=INNER), of_case, MAPS)

    telling = failing(axes(0, 1))
    small = played(mapped(axes(None, 1), raised=True))
    assert said(small, telling)[0][0].startswith("in_axes=(None, 1)")
    right = played(mapped(axes(0, 1)), outcome=ANSWER)
    assert said(right) == []
    assert said(played(nnx=called(KERNELS)), telling)[0][0].startswith("in_axes=(0, 1)")
    assert said(square(2), telling)[0][0].startswith("in_axes=(0, 1) maps axis 0 of the weights")
    assert not said(played(outcome=ANSWER, nnx=called(KERNELS)))


def test_a_task_without_a_map_has_no_axes() -> None:
    one = failing(axes(0, 0))
    assert not list(inward(evidence([one], TEXT, TASK)))
    assert not list(outward(evidence([one], TEXT, TASK)))


TURNED: Final = numbers(*range(12), shape=(4, 3))


def turned(run: TransformRun, answer: Any = TURNED, expected: Observation = RIGHT) -> Look:
    return played(run, outcome=answer, expected=expected)


GIVES: Final = {"outputs": (typed(4, 3),), "given_back": (of(TURNED),)}


def second(*axes_out: int) -> dict[str, Any]:
    """Return the knobs and results of a map whose second result is the answer."""
    knobs = (knob("in_axes", axes(None, 0)), knob("out_axes", axes(*axes_out)))
    outputs = (typed(3), typed(4, 3))
    return {"knobs": knobs, "outputs": outputs, "given_back": (of(TURNED), of(TURNED))}


OUT: Final = {
    "another axis": (turned(mapped(axes(None, 0), out=1, **GIVES)), "1"),
    "another from the end": (turned(mapped(axes(None, 0), out=-1, **GIVES)), "-1"),
    "the same from the end": (turned(mapped(axes(None, 0), out=-2, **GIVES)), None),
    "the same": (turned(mapped(axes(None, 0), **GIVES)), None),
    "a right answer": (turned(mapped(axes(None, 0), out=1), ANSWER), None),
    "changed afterwards": (turned(mapped(axes(None, 0), out=1, **GIVES), numbers(1)), None),
    "two results": (
        turned(
            mapped(axes(None, 0), out=1, outputs=(typed(4, 3),) * 2, given_back=(of(TURNED),) * 2)
        ),
        "1",
    ),
    "the second of two results": (turned(mapped(axes(None, 0), **second(0, 1))), "(0, 1)"),
    "the first of two results": (turned(mapped(axes(None, 0), **second(1, 0))), None),
    "two results of both": (
        turned(
            mapped(axes(None, 0), out=1, outputs=(typed(4, 3),) * 2, given_back=(of(TURNED),) * 2),
            expected=did(
                ANSWER, nnx=INNER, transforms=(mapped(axes(None, 0), outputs=(typed(3, 4),) * 2),)
            ),
        ),
        None,
    ),
    "an axis more": (
        turned(mapped(axes(None, 0), out=1, outputs=(typed(4, 3, 1),), given_back=(of(TURNED),))),
        None,
    ),
    "no map": (played(outcome=TURNED), None),
    "no map of the reference's": (
        turned(mapped(axes(None, 0), out=1, **GIVES), expected=did(ANSWER, nnx=INNER)),
        None,
    ),
    "two results of the reference's": (
        turned(
            mapped(axes(None, 0), out=1, **GIVES),
            expected=did(
                ANSWER, nnx=INNER, transforms=(mapped(axes(None, 0), outputs=(typed(3, 4),) * 2),)
            ),
        ),
        None,
    ),
    "other axes go in": (
        turned(mapped(axes(0, 0), out=1, **GIVES)),
        None,
    ),
}


@pytest.mark.parametrize(("one", "given"), OUT.values(), ids=OUT)
def test_the_axis_of_the_result_is_told_if_the_answer_is_the_maps(
    one: Look, given: str | None
) -> None:
    found = list(outward(evidence([one], TEXT, MAPS)))
    assert all(each.span is not None and each.span.line == 3 for each in found)
    assert [each.evidence["actual"] for each in found] == ([] if given is None else [given])
