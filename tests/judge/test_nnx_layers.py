"""Layers of NNX: which ones gave the answer, how they differ from the task's, who holds weights."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.nnx import NnxLook, is_constant, layer_looks, nnx_look, nnx_looks, weights
from grader.model.exercise import Exercise, Use
from grader.model.nnx import Held, NnxCall, NnxLayer, NnxRecord
from grader.model.observation import (
    Axis,
    AxisTree,
    KeyStep,
    KnobValue,
    Observation,
    Setting,
    Span,
    TransformRun,
    Variable,
)
from grader.rules import nnx_layer, nnx_weights
from tests.judge.made import (
    TASK,
    at,
    call,
    case,
    did,
    draw,
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
PLAIN: Final = msgspec.structs.replace(TASK, uses=(Use(any_of=("nnx.grad",), of="the loss"),))
ANSWER: Final = numbers(*range(12), shape=(3, 4))
WRONG: Final = numbers(*range(1, 13), shape=(3, 4))


def kernel(digest: str | None = "k", *shape: int, **more: Any) -> Variable:
    return variable("Param/kernel", *(shape or (2, 4)), digest=digest, **more)


def bias(digest: str | None = "b", **more: Any) -> Variable:
    return variable("Param/bias", 4, digest=digest, **more)


LAYER: Final = (kernel(), bias())


def mapped(number: int = 0, *states: Any, **more: Any) -> TransformRun:
    plain = {
        "transform": "nnx.vmap",
        "outputs": (typed(3, 4),),
        "given_back": ("other",),
        "states": states,
        "span": at(4),
    }
    return ran(number, **(plain | more))


def side(
    *runs: TransformRun,
    answer: Any = WRONG,
    layers: tuple[NnxLayer, ...] = (),
    calls: tuple[NnxCall, ...] = (),
    **more: Any,
) -> Observation:
    return did(answer, transforms=runs, nnx=NnxRecord(layers=layers, calls=calls, **more))


def both(actual: Observation, expected: Observation, task: Exercise = MAPS, **sizes: int) -> Look:
    return look(expected, actual, case(**sizes), task)


def of_look(actual: Observation, expected: Observation | None = None, use: Any = USE) -> NnxLook:
    return nnx_look(both(actual, expected or side(answer=ANSWER)), use)


# ------------------------------------------------------------------------------ which map it was

GAVE: Final = (of(WRONG),)
WHICH: Final = {
    "the only one": ((mapped(3),), 3),
    "the last one": ((mapped(3), mapped(4)), 4),
    "one with the answer's numbers": ((mapped(3, given_back=GAVE), mapped(4)), 3),
    "the last one with these": ((mapped(3, given_back=GAVE), mapped(4, given_back=GAVE)), 4),
    "one with a result": ((mapped(3), mapped(4, outputs=())), 3),
    "one that raised": ((mapped(3), mapped(4, outputs=(), raised=True)), 4),
    "the outer one": ((mapped(3), mapped(4, inside=3)), 3),
    "none with a result": ((mapped(3, outputs=()),), None),
    "none": ((), None),
    "another transform": ((mapped(3, transform="nnx.scan"),), None),
}


@pytest.mark.parametrize(("runs", "number"), WHICH.values(), ids=WHICH)
def test_the_map_that_gave_the_answer(runs: tuple[TransformRun, ...], number: int | None) -> None:
    run = of_look(side(*runs)).actual.run
    assert (run.number if run is not None else None) == number
    assert of_look(side(*runs), use=None).actual.run is None


def test_the_calls_that_count_are_inside_of_that_map() -> None:
    calls = tuple(call(inside=each, span=at(n + 1)) for n, each in enumerate((None, 3, 4, 5, 6)))
    own = call(inside=3, defined_in="submission"), call(inside=3, class_name="Sequential")
    runs = mapped(3), mapped(4, inside=3, transform="jax.jit"), mapped(5, inside=4), mapped(6)
    some = side(msgspec.structs.replace(runs[0], given_back=GAVE), *runs[1:], calls=(*calls, *own))
    found = of_look(some).actual
    assert [each.span.line for each in found.calls if each.span is not None] == [2, 3, 4]
    assert found.mapped
    assert not of_look(side(mapped(3), calls=calls[:1])).actual.mapped
    assert not of_look(side(calls=calls[:1])).actual.mapped
    alone = of_look(some, use=None).actual
    assert len(alone.calls) == 5
    assert len(of_look(side(calls=calls)).actual.calls) == 5


# ------------------------------------------------------------------------------ which layers

A, B, OTHER = (layer(n, kernel(name)) for n, name in enumerate("abc"))
LATER: Final = layer(3, kernel("a"), inside=7)
DENSE: Final = layer(4, kernel("a"), class_name="Conv")


def numbered(*layers: NnxLayer, calls: tuple[NnxCall, ...] = (), runs: Any = ()) -> list[int]:
    found = of_look(side(*runs, layers=layers, calls=calls), use=USE if runs else None)
    return [each.number for each in found.actual.layers("Linear")]


def test_a_layer_is_told_by_the_numbers_with_which_it_was_called() -> None:
    assert numbered(A, B, DENSE) == [0, 1]
    assert numbered(A, B, calls=(call(kernel("b")),)) == [1]
    assert numbered(A, B, calls=(call(kernel("x")),)) == [0, 1]
    unknown = layer(5, kernel(None))
    assert numbered(A, unknown, calls=(call(kernel(None)),)) == [0, 5]
    nothing = layer(6)
    assert numbered(A, nothing, calls=(call(),)) == [0, 6]


def test_a_layer_that_a_map_made_is_told_by_the_object_that_went_into_another() -> None:
    maker = mapped(7, node(-1, kernel("z")))
    user = mapped(8, node(0, kernel("z")))
    assert numbered(A, LATER, runs=(maker, user)) == [3]
    assert numbered(A, LATER, runs=(maker, mapped(8, node(0, kernel("y"))))) == [0, 3]
    unknown = mapped(7, node(-1, kernel(None))), mapped(8, node(0, kernel(None)))
    assert numbered(A, LATER, runs=unknown) == [0, 3]
    for change in ({"ran": False}, {"transform": "nnx.split_rngs"}, {"number": 9}):
        other = msgspec.structs.replace(maker, **change)
        assert numbered(A, LATER, runs=(other, user)) == [0, 3]
    into = mapped(7, node(0, kernel("z")))
    assert numbered(A, LATER, runs=(into, user)) == [0, 3]


def sized(number: int, size: int, **more: Any) -> NnxLayer:
    settings = (Setting(name="out_features", text=str(size), default=False),)
    return layer(number, variable("Param/kernel", 2, size), settings=settings, **more)


def made(ours: tuple[NnxLayer, ...], theirs: tuple[NnxLayer, ...], use: Any = None) -> Any:
    """Return the numbers of the layers that are the same ones on both sides."""
    calls = tuple(call(class_name=each.class_name) for each in theirs)
    found = of_look(
        side(layers=ours, calls=calls), side(answer=ANSWER, layers=theirs, calls=calls), use
    )
    return [(expected.number, actual.number) for expected, actual in found.made]


CONV: Final = {"class_name": "Conv"}


def test_layers_are_paired_by_their_class_their_shapes_or_their_order() -> None:
    assert made((sized(0, 4), sized(1, 4)), (sized(5, 3), sized(6, 3))) == [(5, 0)]
    both_sizes = sized(0, 4), sized(1, 5)
    assert made(both_sizes, (sized(5, 5), sized(6, 4))) == [(5, 1), (6, 0)]
    assert made(both_sizes, (sized(5, 5), sized(6, 6))) == [(5, 0), (6, 1)]
    assert made((sized(0, 4), sized(1, 4)), (sized(5, 5), sized(6, 4))) == [(5, 0), (6, 1)]
    assert made(both_sizes[:1], (sized(5, 5), sized(6, 4))) == []
    other = sized(1, 5, **CONV)
    assert made((both_sizes[0], other), (sized(5, 5), sized(6, 4))) == []
    assert made((both_sizes[0], other), (sized(5, 5, **CONV), sized(6, 4))) == [(5, 1), (6, 0)]
    own = sized(2, 9, defined_in="submission", class_name="Net")
    assert made((own, both_sizes[0], other), (sized(5, 7), sized(6, 6, **CONV))) == [(5, 0), (6, 1)]
    assert made(both_sizes, (sized(5, 5), sized(6, 4)), USE) == []
    assert made((sized(0, 4),), (sized(5, 3),), USE) == [(5, 0)]


def test_calls_are_paired_if_their_classes_are_the_same() -> None:
    one, two = call(*LAYER), call(*LAYER, class_name="Conv")
    for ours, theirs, count in (
        ((one, two), (one, two), 2),
        ((one, two), (two, one), 0),
        ((one,), (one, two), 0),
    ):
        found = of_look(side(calls=ours), side(answer=ANSWER, calls=theirs), None)
        assert len(found.pairs) == count


def test_a_task_about_another_library_has_no_layers() -> None:
    one = both(side(), side(answer=ANSWER))
    for task, all_looks, of_map in ((MAPS, 1, 1), (PLAIN, 1, 0), (TASK, 0, 0)):
        some = evidence([one], "", task)
        assert len(list(layer_looks(some))) == all_looks
        assert len(list(nnx_looks(some))) == of_map
    jax_first = msgspec.structs.replace(MAPS, uses=(Use(any_of=("jax.vmap",), of="f"), *MAPS.uses))
    assert len(list(nnx_looks(evidence([one], "", jax_first)))) == 1


# ------------------------------------------------------------------------------ who holds weights


def test_a_weight_is_constant_if_all_its_numbers_are_the_same() -> None:
    for each, yes in (
        (kernel(largest=0.0), True),
        (kernel(largest=1.0), False),
        (kernel(alike_along=(0, 1)), True),
        (kernel(alike_along=(0,)), False),
        (kernel("k", 2, 1, alike_along=(0,)), True),
        (kernel(None, alike_along=(0, 1)), False),
        (kernel("k", 1, 1), True),
    ):
        assert is_constant(each) is yes


def held(*how: Held, variables: tuple[Variable, ...] = LAYER, **more: Any) -> NnxCall:
    return call(*variables, held=how, **({"inside": 0} | more))


ONE, EACH, UNKNOWN = Held.ONE, Held.EACH, Held.UNKNOWN


def test_weights_are_compared_by_name() -> None:
    theirs = side(answer=ANSWER, calls=(held(ONE, ONE),))
    for variables, how, told in (
        (LAYER, (EACH, ONE), [("kernel", EACH), ("bias", ONE)]),
        (LAYER[::-1], (EACH, ONE), [("kernel", ONE), ("bias", EACH)]),
        (LAYER[:1], (EACH,), [("kernel", EACH)]),
        (
            (*LAYER, variable("BatchStat/mean", 4)),
            (EACH, ONE, ONE),
            [("kernel", EACH), ("bias", ONE)],
        ),
    ):
        found = of_look(side(calls=(held(*how, variables=variables),)), theirs, None)
        assert [(each.name, each.found) for each in weights(found)] == told
    stat = (variable("BatchStat/mean", 4),)
    some = side(calls=(held(ONE, variables=stat),))
    assert not list(weights(of_look(some, some, None)))


def tree(*values: int | None) -> KnobValue:
    return KnobValue(
        name="in_axes", value=AxisTree(items=tuple(Axis(value=each) for each in values))
    )


TEXT: Final = """\
from flax import nnx
def forward(seed, x, width):
    model = nnx.Linear(x.shape[1], 7, use_bias=True, rngs=nnx.Rngs(seed))
    keys = nnx.split_rngs(splits=3)(seed)
    return model(x)
"""
MADE: Final = Span(line=3, column=13, end_line=3, end_column=74)
SPLITS: Final = Span(line=4, column=12, end_line=4, end_column=36)


def use_of(
    *how: Held,
    variables: tuple[Variable, ...] = LAYER,
    answer: Any = WRONG,
    states: Any = (),
    others: Any = (),
    **more: Any,
) -> Observation:
    """Return what a side did that maps a layer which holds its weights so."""
    run = mapped(0, *states, knobs=(tree(0),), parts=(0,))
    return side(*others, run, answer=answer, calls=(held(*how, variables=variables),), **more)


SHARED: Final = use_of(ONE, ONE, answer=ANSWER)
OWN: Final = use_of(EACH, EACH, answer=ANSWER)


def told(rule: Any, actual: Observation, expected: Observation, **sizes: int) -> list[int | None]:
    """Return the line of each sighting."""
    looks = [both(actual, expected, **sizes)]
    found = list(rule(evidence(looks, TEXT, MAPS)))
    assert not list(rule(evidence(looks, TEXT, TASK)))
    return [each.span.line if each.span is not None else None for each in found]


ALONE: Final = mapped(0, outputs=(typed(1, 4),))
MAKER: Final = mapped(9, node(-1, kernel("z")), span=at(3), outputs=())
ALIKE: Final = variable("Param/kernel", 3, 2, 4, digest="K", alike_along=(0,))
STACKED: Final = variable("Param/kernel", 3, 2, 4, digest="K")


def test_each_index_may_have_its_own_weights() -> None:
    found = nnx_weights.per_example
    assert told(found, use_of(EACH, EACH), SHARED) == [4]
    assert told(found, use_of(ONE, EACH), SHARED) == [4]
    assert told(found, use_of(EACH, EACH, others=(MAKER,)), SHARED) == [3]
    stream = mapped(9, node(-1, variable("RngKey/key", 3)), span=at(3), outputs=())
    assert told(found, use_of(EACH, EACH, others=(stream,)), SHARED) == [4]
    assert not told(found, use_of(ONE, ONE), SHARED)
    assert not told(found, use_of(UNKNOWN, ONE), SHARED)
    assert not told(found, use_of(EACH, EACH), OWN)
    assert not told(
        found,
        use_of(
            EACH,
            EACH,
            variables=(
                kernel("k", 2, 5),
                bias(
                    "b",
                ),
            )[:1],
        ),
        SHARED,
    )
    single = side(ALONE, answer=ANSWER, calls=(held(ONE, ONE),))
    assert not told(found, use_of(EACH, EACH), single)
    wrong = use_of(EACH, EACH, states=(node(0, *LAYER),))
    misshapen = msgspec.structs.replace(
        wrong,
        record=msgspec.structs.replace(
            wrong.record,
            transforms=(
                msgspec.structs.replace(wrong.record.transforms[0], outputs=(typed(2, 4),)),
            ),
        ),
    )
    assert told(found, wrong, SHARED) == [4]
    assert not told(found, misshapen, SHARED)


def test_the_row_of_a_weight_shows_the_axis_that_it_has_outside() -> None:
    (found,) = nnx_weights.per_example(
        evidence([both(use_of(EACH, EACH, states=(node(0, STACKED),)), SHARED)], TEXT, MAPS)
    )
    assert [(each.actual, each.surplus_axis) for each in found.shapes] == [
        ("f32[3,2,4]", 0),
        ("f32[4]", None),
    ]
    assert found.details == ("Inside the map, each index has its own `kernel` and `bias`.",)


MAPPED_DRAW: Final = draw(None, -1, layer=0, inside=0)
SPLIT: Final = ran(8, "nnx.split_rngs", span=at(4), ran=True)


def split_side(*how: Held, **more: Any) -> Observation:
    plain = {"layers": (layer(0, *LAYER),), "draws": (MAPPED_DRAW,)}
    return use_of(*how, **(plain | more))


def test_a_stream_may_be_split_though_the_weights_are_shared() -> None:
    found = nnx_weights.split
    assert told(found, split_side(EACH, ONE), SHARED) == [4]
    assert told(found, split_side(EACH, ONE, others=(MAKER,)), SHARED) == [3]
    assert told(
        found,
        split_side(EACH, ONE, others=(MAKER, msgspec.structs.replace(SPLIT, span=at(5)))),
        SHARED,
    ) == [5]
    assert told(found, split_side(EACH, EACH, states=(node(0, ALIKE),)), SHARED) == [4]
    assert not told(found, split_side(EACH, ONE, states=(node(0, ALIKE),)), SHARED)
    assert not told(found, split_side(EACH, ONE, answer=ANSWER), SHARED)
    assert not told(found, split_side(EACH, ONE, draws=(draw("key", layer=0),)), SHARED)
    assert not told(found, split_side(EACH, ONE, draws=(draw(None, layer=0),)), SHARED)
    assert not told(
        found, split_side(EACH, ONE, draws=(MAPPED_DRAW, draw("key", layer=0, inside=0))), SHARED
    )
    assert not told(found, split_side(EACH, ONE, draws=()), SHARED)
    for operation, count in (("split", 0), ("PRNGKey", 1)):
        step = KeyStep(operation=operation, operands=(), given=(), made=("k",), span=None)
        derived = split_side(EACH, ONE)
        record = msgspec.structs.replace(derived.record, keys=(step,))
        derived = msgspec.structs.replace(derived, record=record)
        assert len(told(found, derived, SHARED)) == count
    assert not told(found, split_side(ONE, ONE), SHARED)
    assert not told(
        found, split_side(EACH, ONE), side(ALONE, answer=ANSWER, calls=(held(ONE, ONE),))
    )


def test_weights_may_be_shared_that_each_should_have() -> None:
    found = nnx_weights.shared
    assert told(found, use_of(ONE, ONE), OWN) == [4]
    assert told(found, use_of(ONE, ONE, layers=(layer(0, *LAYER, span=at(3)),)), OWN) == [3]
    assert told(found, use_of(ONE, ONE, layers=(layer(0, *LAYER, span=at(3), inside=0),)), OWN) == [
        4
    ]
    assert not told(found, use_of(ONE, ONE, answer=ANSWER), OWN)
    assert not told(
        found, use_of(ONE, ONE, variables=(kernel(largest=0.0), bias(largest=0.0))), OWN
    )
    assert told(found, use_of(ONE, ONE, variables=(kernel(largest=0.0), bias())), OWN) == [4]
    assert not told(found, use_of(EACH, EACH), OWN)
    assert not told(found, use_of(ONE, ONE), SHARED)
    assert not told(found, use_of(ONE, ONE), side(ALONE, answer=ANSWER, calls=(held(EACH, EACH),)))
    assert told(found, use_of(ONE, ONE, answer=raised()), OWN) == [4]


def test_the_row_of_a_shared_weight_shows_the_one_that_the_task_has() -> None:
    expected = use_of(EACH, EACH, answer=ANSWER, states=(node(0, STACKED),))
    (found,) = nnx_weights.shared(evidence([both(use_of(ONE, ONE), expected)], TEXT, MAPS))
    assert [each.expected for each in found.shapes] == ["f32[3,2,4]", "f32[4]"]


def test_all_members_may_be_drawn_from_one_key() -> None:
    found = nnx_weights.unsplit
    alike = (node(0, ALIKE),)
    assert told(found, use_of(EACH, EACH, states=alike), OWN) == [2]
    assert told(found, use_of(EACH, EACH, states=alike, others=(MAKER,)), OWN) == [3]
    assert not told(found, use_of(EACH, EACH, states=(node(0, STACKED),)), OWN)
    assert not told(found, use_of(EACH, EACH, states=alike, answer=ANSWER), OWN)
    assert not told(found, use_of(ONE, ONE, states=alike), OWN)
    assert not told(found, use_of(EACH, EACH, states=alike), SHARED)
    assert not told(
        found, use_of(EACH, EACH, states=alike), use_of(EACH, EACH, answer=ANSWER, states=alike)
    )
    zeros = msgspec.structs.replace(ALIKE, largest=0.0)
    assert not told(found, use_of(EACH, EACH, states=(node(0, zeros),)), OWN)
    across = msgspec.structs.replace(ALIKE, alike_along=(1,))
    assert not told(found, use_of(EACH, EACH, states=(node(0, across),)), OWN)
    key = mapped(0, node(0, variable("RngKey/key")), raised=True, knobs=(tree(0),), parts=(0,))
    assert told(found, side(key, answer=raised()), OWN) == [4]


# ------------------------------------------------------------------------------ how it was made


def setting(name: str, text: str, *, default: bool = False) -> Setting:
    return Setting(name=name, text=text, default=default)


def with_settings(
    *settings: Setting,
    variables: tuple[Variable, ...] = LAYER,
    answer: Any = WRONG,
    name: str = "Linear",
    span: Span | None = MADE,
    more: tuple[NnxCall, ...] = (),
) -> Observation:
    own = layer(0, *variables, settings=settings, class_name=name, span=span)
    return side(answer=answer, layers=(own,), calls=(call(*variables, class_name=name), *more))


def changes(*pairs: tuple[Observation, Observation], text: str = TEXT) -> list[str]:
    some = evidence([both(*each, PLAIN) for each in pairs], text, PLAIN)
    return [each.message.removeprefix("the layer has another ") for each in nnx_layer.changed(some)]


BIASED, UNBIASED = setting("use_bias", "True", default=True), setting("use_bias", "False")
REFERENCE: Final = with_settings(BIASED, answer=ANSWER)


def test_a_setting_differs_if_that_shows() -> None:
    assert changes((with_settings(UNBIASED), REFERENCE)) == ["use_bias than the task's"]
    assert not changes((with_settings(BIASED), REFERENCE))
    assert not changes((with_settings(UNBIASED, answer=ANSWER), REFERENCE))
    fewer = with_settings(UNBIASED, variables=LAYER[:1], answer=ANSWER)
    assert changes((fewer, REFERENCE)) == ["use_bias than the task's"]
    half = with_settings(UNBIASED, variables=(kernel(dtype="float16"), bias()), answer=ANSWER)
    assert changes((half, REFERENCE)) == ["use_bias than the task's"]
    assert changes((with_settings(UNBIASED), REFERENCE), (with_settings(UNBIASED), REFERENCE)) == [
        "use_bias than the task's"
    ]
    assert not changes((with_settings(setting("other", "1")), REFERENCE))
    sizes = (
        with_settings(setting("out_features", "3")),
        with_settings(setting("out_features", "4"), answer=ANSWER),
    )
    assert not changes(sizes)
    types = (
        with_settings(setting("size", "None")),
        with_settings(setting("size", "4"), answer=ANSWER),
    )
    assert changes(types) == ["size than the task's"]
    reverse = (
        with_settings(setting("size", "4")),
        with_settings(setting("size", "None"), answer=ANSWER),
    )
    assert changes(reverse) == ["size than the task's"]


def test_what_is_told_of_a_setting() -> None:
    long, dotted = "x" * 61, "nn.relu"
    for ours, theirs, label, advice in (
        (
            UNBIASED,
            BIASED,
            "use_bias is False",
            "leave use_bias out: the task's layer has the default",
        ),
        (BIASED, UNBIASED, "use_bias is True", "set use_bias to False"),
        (
            setting("use_bias", "x" * 60),
            UNBIASED,
            f"use_bias is {'x' * 60}",
            "set use_bias to False",
        ),
        (
            setting("use_bias", long),
            setting("use_bias", dotted),
            "another use_bias",
            "set use_bias to what the task says",
        ),
    ):
        pair = both(with_settings(ours), with_settings(theirs, answer=ANSWER), PLAIN)
        (found,) = nnx_layer.changed(evidence([pair], TEXT, PLAIN))
        assert (found.label, found.help) == (label, advice)
        assert found.span is not None
        assert found.span.line == 3
        assert bool(found.edits) is theirs.default
    fewer = both(
        with_settings(UNBIASED, variables=(*LAYER[:1], variable("Param/c", 3))), REFERENCE, PLAIN
    )
    (found,) = nnx_layer.changed(evidence([fewer], TEXT, PLAIN))
    assert [(each.name, each.expected, each.actual) for each in found.shapes] == [
        ("bias", "f32[4]", None),
        ("c", None, "f32[3]"),
    ]
    unplaced = both(with_settings(UNBIASED, span=None), REFERENCE, PLAIN)
    (found,) = nnx_layer.changed(evidence([unplaced], TEXT, PLAIN))
    assert found.span is not None
    assert found.span.line == 2


CONVOLVED: Final = with_settings(UNBIASED, name="Conv")
OTHER_CLASS: Final = "the answer comes from nnx.Conv, but the task's layer is nnx.Linear"


def test_the_only_layer_may_be_of_another_class() -> None:
    assert changes((CONVOLVED, REFERENCE)) == [OTHER_CLASS]
    right = with_settings(UNBIASED, name="Conv", answer=ANSWER)
    assert not changes((right, REFERENCE))
    two = with_settings(UNBIASED, name="Conv", more=(call(),))
    assert not changes((two, REFERENCE))
    several = with_settings(BIASED, answer=ANSWER, more=(call(class_name="Norm"),))
    assert not changes((CONVOLVED, several))
    assert not changes((side(), REFERENCE))
    assert changes((with_settings(UNBIASED), REFERENCE), (CONVOLVED, REFERENCE)) == [
        "use_bias than the task's"
    ]
    for ours, line in (
        (CONVOLVED, 3),
        (with_settings(name="Conv", span=None), 2),
        (side(calls=(call(class_name="Conv"),)), 2),
    ):
        (found,) = nnx_layer.changed(evidence([both(ours, REFERENCE, PLAIN)], TEXT, PLAIN))
        assert found.span is not None
        assert found.span.line == line


# ------------------------------------------------------------------------------ how large it is


def of_size(size: str, answer: Any = WRONG, name: str = "out_features") -> Observation:
    return with_settings(setting(name, size), answer=answer)


def ignored(*sizes: tuple[int, str], wrong: bool = True, batch: int = 3, **more: Any) -> list[str]:
    """Say what is found of layers of some sizes, for each width."""
    looks = [
        both(
            of_size(ours, WRONG if wrong else ANSWER, **more),
            of_size(str(width), ANSWER),
            PLAIN,
            width=width,
            batch=batch + n,
        )
        for n, (width, ours) in enumerate(sizes)
    ]
    found = list(nnx_layer.ignored(evidence(looks, TEXT, PLAIN)))
    assert all(each.span is not None and each.span.line == 3 for each in found)
    return [each.message for each in found]


SAME: Final = "width is ignored: 4 and 5 give layers of the same size"


def test_a_layer_may_have_one_size_for_all() -> None:
    assert ignored((4, "7"), (5, "7")) == [SAME]
    assert not ignored((4, "7"), (4, "7"))
    assert not ignored((4, "7"), (5, "8"))
    assert not ignored((4, "4"), (5, "5"))
    assert not ignored((4, "7"), (5, "7"), wrong=False)
    assert not ignored((4, "seven"), (5, "seven"))
    assert not ignored((4, "7"), (5, "7"), name="other")
    assert ignored((4, "3"), (5, "4")) == ["width is ignored: the layer has the size of the batch"]
    assert not ignored((4, "4"), (5, "5"), batch=4)


def test_the_wrong_case_is_shown() -> None:
    looks = [
        both(of_size("4", answer), of_size(str(width), ANSWER), PLAIN, width=width)
        for width, answer in ((4, ANSWER), (5, WRONG))
    ]
    (found,) = nnx_layer.ignored(evidence(looks, TEXT, PLAIN))
    assert found.case == looks[1].case
    assert (found.label, found.evidence["values"]) == ("4, whatever width is", [4, 5])


def of_length(
    *lengths: tuple[int, int], reference: int = 0, answer: Any = WRONG, **more: Any
) -> list[str]:
    """Say what is found of maps of some lengths, for each width."""
    looks = []
    for n, (width, length) in enumerate(lengths):
        split = ran(1, "nnx.split_rngs", span=SPLITS)
        runs = (split, mapped(0, outputs=(typed(length, 2),) if length else (), **more))
        theirs = side(
            mapped(0, outputs=(typed(reference or width, 2),)),
            answer=ANSWER,
            calls=(held(ONE, ONE),),
        )
        looks.append(both(side(*runs, answer=answer), theirs, width=width, batch=8 + n))
    found = list(nnx_layer.ignored(evidence(looks, TEXT, MAPS)))
    assert all(each.span is not None and each.span.line == 4 for each in found)
    assert all(each.edits for each in found)
    return [each.message for each in found]


SAME_NUMBER: Final = "width is ignored: 4 and 5 give the same number of layers"


def test_a_map_may_have_one_length_for_all() -> None:
    assert of_length((4, 3), (5, 3)) == [SAME_NUMBER]
    assert not of_length((4, 4), (5, 5))
    assert not of_length((4, 3), (4, 3))
    assert not of_length((4, 3), (5, 6))
    assert not of_length((4, 0), (5, 0))
    assert of_length((4, 8), (5, 9)) == ["width is ignored: there are as many as in the batch"]
    assert not of_length((4, 3), (5, 3), reference=7)
    assert not of_length((4, 3), (5, 3), answer=ANSWER)
    assert not of_length((4, 3), (5, 3), parts=(0,), states=(node(0, *LAYER),), knobs=(tree(0),))
