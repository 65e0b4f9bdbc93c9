"""From which keys layers of NNX were drawn, and what is said of others than the task's."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.model.exercise import Exercise, FlaxClass, Library, Use
from grader.model.nnx import NnxDraw, NnxLayer, NnxRecord, NnxStream
from grader.model.observation import KeyStep, Observation, Span
from grader.rules.nnx_keys import derived, ignored_seed
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
    model,
    numbers,
    raised,
    ran,
    stream,
    variable,
)

MAPS: Final = msgspec.structs.replace(TASK, uses=(Use(any_of=("nnx.vmap",), of="the layer"),))
PLAIN: Final = msgspec.structs.replace(TASK, uses=(Use(any_of=("nnx.grad",), of="the loss"),))
NET: Final = msgspec.structs.replace(
    PLAIN, function="Net", flax_class=FlaxClass(library=Library.NNX), uses=()
)
TEXT: Final = """\
from flax import nnx
def forward(seed, x, width):
    rngs = nnx.Rngs(7)
    key = jax.random.split(jax.random.key(seed))[0]
    return nnx.Linear(2, width, rngs=rngs)(x)
"""
STREAM: Final = Span(line=3, column=12, end_line=3, end_column=23)
KERNEL: Final = variable("Param/kernel", 2, 4)
ONE: Final = (layer(0, KERNEL),)
NORM: Final = layer(7, class_name="BatchNorm")


def side(
    *draws: NnxDraw,
    layers: tuple[NnxLayer, ...] = ONE,
    streams: tuple[NnxStream, ...] = (),
    calls: int | None = None,
    keys: tuple[KeyStep, ...] = (),
    runs: Any = (),
    answer: Any = None,
) -> Observation:
    """Return what a side did that made layers, and called each of them."""
    called = tuple(call(class_name=each.class_name) for each in layers)[:calls]
    record = NnxRecord(layers=layers, calls=called, streams=streams, draws=draws)
    return did(answer or numbers(1), nnx=record, keys=keys, transforms=runs)


def of_key(key: str | None, count: int = 0, **more: Any) -> NnxDraw:
    return draw(key, count, **({"layer": 0} | more))


def right(*draws: NnxDraw, **more: Any) -> Observation:
    return msgspec.structs.replace(side(*draws, **more), outcome=did().outcome)


def seeded(
    seed: int, ours: str | None, theirs: str | None = "", *, task: Exercise = PLAIN, **more: Any
) -> Look:
    """Return a case of a seed, and the keys of both sides' streams."""
    streams = (stream(ours, span=STREAM),)
    actual = side(of_key(ours), streams=streams, **more)
    wanted = f"key {seed}" if theirs == "" else theirs
    return look(right(of_key(wanted)), actual, case(seed=seed), task)


NONE: Final[Any] = {"layers": ()}
RIGHT: Final = did().outcome.result
IGNORED: Final = {
    "one key for two seeds": ((seeded(0, "a"), seeded(1, "a")), True),
    "one seed": ((seeded(0, "a"), seeded(0, "a")), False),
    "two keys": ((seeded(0, "a"), seeded(1, "b")), False),
    "a key that should follow sizes": ((seeded(0, "a", "y"), seeded(0, "a", "z")), False),
    "two keys for one more seed": ((seeded(0, "a"), seeded(1, "a"), seeded(2, "b")), False),
    "the task's own key": ((seeded(0, "a", "a"), seeded(1, "a", "a")), False),
    "an unknown key": ((seeded(0, None), seeded(1, None)), False),
    "an unknown key of the task's": ((seeded(0, "a", None), seeded(1, "a", None)), False),
    "right answers": ((seeded(0, "a", answer=RIGHT), seeded(1, "a", answer=RIGHT)), False),
    "one right answer": ((seeded(0, "a", answer=RIGHT), seeded(1, "a")), True),
    "the other right answer": ((seeded(0, "a"), seeded(1, "a", answer=RIGHT)), True),
    "no layer of the program's": ((seeded(0, "a", **NONE), seeded(1, "a", **NONE)), False),
}


@pytest.mark.parametrize(("looks", "yes"), IGNORED.values(), ids=IGNORED)
def test_one_key_for_all_seeds_ignores_them(looks: tuple[Look, ...], *, yes: bool) -> None:
    found = list(ignored_seed(evidence(looks, TEXT, PLAIN)))
    assert bool(found) is yes
    assert not list(ignored_seed(evidence(looks, TEXT, NET)))
    assert not list(ignored_seed(evidence(looks, TEXT, TASK)))
    unseeded = msgspec.structs.replace(PLAIN, parameters=PLAIN.parameters[1:])
    assert not list(ignored_seed(evidence(looks, TEXT, unseeded)))
    for each in found:
        assert each.span == STREAM
        assert [edit.text for edit in each.edits] == ["seed"]
        shown = next(one for one in looks if one.case == each.case)
        assert shown.failed


def test_a_reference_without_layers_tells_no_key() -> None:
    empty = right(layers=())
    some = [look(empty, side(of_key("a")), case(seed=n), PLAIN) for n in (0, 1)]
    assert not list(ignored_seed(evidence(some, TEXT, PLAIN)))
    assert not list(derived(evidence(some, TEXT, PLAIN)))


def test_the_stream_is_told_by_its_key() -> None:
    streams = stream("z", span=at(1)), stream("a", span=at(4)), stream("a", span=at(5))
    for some, line in ((streams, 4), (streams[:1], 2), ((), 2)):
        looks = [
            look(right(of_key(f"{n}")), side(of_key("a"), streams=some), case(seed=n), PLAIN)
            for n in (0, 1)
        ]
        (found,) = ignored_seed(evidence(looks, TEXT, PLAIN))
        assert found.span is not None
        assert found.span.line == line


EDITS: Final = {
    "a number": ("nnx.Rngs(7)", True),
    "by name": ("nnx.Rngs(params=7)", True),
    "two of them": ("nnx.Rngs(7, dropout=1)", False),
    "none": ("nnx.Rngs()", False),
    "a star": ("nnx.Rngs(*seeds)", False),
}


@pytest.mark.parametrize(("text", "yes"), EDITS.values(), ids=EDITS)
def test_the_seed_is_written_into_the_only_argument(text: str, *, yes: bool) -> None:
    span = msgspec.structs.replace(STREAM, end_column=STREAM.column + len(text))
    streams = (stream("a", span=span),)
    looks = [
        look(right(of_key(f"{n}")), side(of_key("a"), streams=streams), case(seed=n), PLAIN)
        for n in (0, 1)
    ]
    for program, edited in (
        (TEXT.replace("nnx.Rngs(7)", text), yes),
        (f"#\n\nrngs_____ = {text}\n{TEXT}", False),
    ):
        (found,) = ignored_seed(evidence(looks, program, PLAIN))
        assert bool(found.edits) is edited


# ------------------------------------------------------------------------------- another key


def told(
    actual: Observation,
    expected: Observation | None = None,
    task: Exercise = PLAIN,
    text: str = TEXT,
) -> list[tuple[str, int | None]]:
    """Return the message of each sighting, and its line."""
    one = look(expected or right(of_key("wanted")), actual, task=task)
    found = derived(evidence([one], text, task))
    return [(each.message, each.span.line if each.span is not None else None) for each in found]


KEY: Final = "the weights are drawn from a key that isn't the task's"
ORDER: Final = "the weights are drawn in another order than the task's"
UNSPLIT: Final = "the layers take one key after the other from the stream, which isn't split"


def later(count: str) -> str:
    return f'the stream "params" has given {count} before it draws for the task\'s layer'


STREAMS: Final = (stream("other", span=STREAM),)
INSIDE: Final = of_key(None, -1, inside=3)
SPLIT: Final = draw("wanted", 0, span=at(4))


def step(operation: str, line: int = 4) -> KeyStep:
    return KeyStep(operation=operation, operands=(), given=(), made=("k",), span=at(line))


TWO: Final = (layer(0, KERNEL), layer(1, variable("Param/kernel", 4, 9)))
TURNED: Final = (layer(0, TWO[1].variables[0]), layer(1, KERNEL))


def drawn(*numbers: int, key: str = "wanted") -> tuple[NnxDraw, ...]:
    """Return a draw for each layer, in order."""
    return tuple(draw(key, n, layer=each, span=at(n + 1)) for n, each in enumerate(numbers))


def shaped(*sizes: int) -> tuple[NnxLayer, ...]:
    """Return layers of these sizes, each on its line."""
    kernels = (variable("Param/kernel", size) for size in sizes)
    return tuple(layer(n, each, span=at(n + 1)) for n, each in enumerate(kernels))


OTHER: Final = {
    "another key": (side(of_key("other"), streams=STREAMS), None, [(KEY, 3)]),
    "the same key": (side(of_key("wanted")), None, []),
    "no stream of it": (side(of_key("other")), None, [(KEY, 2)]),
    "one of two keys": (side(of_key("other"), of_key("wanted")), None, []),
    "an unknown key": (side(of_key(None)), None, []),
    "one unknown key": (side(of_key("other"), of_key(None)), None, []),
    "an unknown stream": (side(of_key("other"), streams=(stream(None),)), None, []),
    "an unknown stream of a map": (
        side(of_key("other"), streams=(*STREAMS, stream(None, inside=3))),
        None,
        [(KEY, 3)],
    ),
    "an unknown key of the task's": (side(of_key("other")), right(of_key(None)), []),
    "no draw": (side(), None, []),
    "a right answer": (side(of_key("other"), answer=RIGHT), None, []),
    "another layer beside it": (
        side(of_key("other"), layers=(*ONE, layer(1, class_name="Conv"))),
        None,
        [],
    ),
    "a known key inside of a map": (
        side(draw("wanted"), of_key("other", inside=3), streams=STREAMS),
        None,
        [(KEY, 3)],
    ),
    "another key first": (side(of_key("other", 2), of_key("wanted", 3)), None, []),
    "more keys than the task's, which draws none": (
        side(of_key("wanted", 0), of_key("wanted", 1), layers=(*ONE, *ONE)),
        right(),
        [],
    ),
    "an exception": (side(of_key("other"), answer=raised()), None, []),
    "another layer": (
        side(of_key("other"), layers=(layer(0, KERNEL, class_name="Conv"),)),
        None,
        [],
    ),
    "a derived key": (
        side(
            of_key("other"),
            streams=STREAMS,
            keys=(step("key"), step("split", 4), step("fold_in", 5)),
        ),
        None,
        [(KEY, 5)],
    ),
    "a key that is only made": (
        side(of_key("other"), streams=STREAMS, keys=(step("key"),)),
        None,
        [(KEY, 3)],
    ),
    "a key that isn't made here": (
        side(of_key("other"), streams=STREAMS, keys=(step("split"),)),
        None,
        [(KEY, 3)],
    ),
    "split from another key": (
        side(draw("other", 0, span=at(4)), INSIDE, streams=STREAMS),
        right(SPLIT, INSIDE),
        [(KEY, 3)],
    ),
    "split from the same key": (side(SPLIT, INSIDE), right(SPLIT, INSIDE), []),
    "split from the last key before": (
        side(SPLIT, draw("other", 0), INSIDE, draw("wanted", 0), streams=STREAMS),
        right(SPLIT, INSIDE),
        [(KEY, 3)],
    ),
    "one is drawn outside": (
        side(draw("other", 0), INSIDE, of_key("wanted", 3)),
        right(SPLIT, INSIDE),
        [(later("3 keys"), 2)],
    ),
    "drawn for a layer before": (
        side(SPLIT, draw("other", 0, layer=7), INSIDE, layers=(*ONE, NORM)),
        right(SPLIT, INSIDE),
        [],
    ),
    "one key too late": (
        side(draw("wanted", 0, span=at(4)), of_key("wanted", 1, span=at(5))),
        None,
        [(later("one key"), 4)],
    ),
    "three keys too late": (
        side(of_key("wanted", 3, span=at(5))),
        None,
        [(later("3 keys"), 5)],
    ),
    "an earlier key of another stream": (
        side(draw("other", 0, span=at(4)), of_key("wanted", 1, span=at(5))),
        None,
        [(later("one key"), 5)],
    ),
    "a later key of it": (
        side(of_key("wanted", 1, span=at(5)), draw("wanted", 1, span=at(4))),
        None,
        [(later("one key"), 5)],
    ),
    "the task's later key": (
        side(draw("wanted", 0, span=at(3)), draw("wanted", 1, span=at(4)), of_key("wanted", 2)),
        right(of_key("wanted", 1)),
        [(later("one key"), 4)],
    ),
    "too early": (side(of_key("wanted", 0)), right(of_key("wanted", 1)), []),
    "the second draw of a layer counts not": (
        side(of_key("wanted", 0), of_key("wanted", 1)),
        None,
        [],
    ),
    "too late beside another layer": (
        side(of_key("wanted", 1), layers=(*ONE, layer(1))),
        None,
        [],
    ),
    "in another order": (
        side(*drawn(0, 1), layers=TURNED),
        right(*drawn(0, 1), layers=TWO),
        [(ORDER, 2)],
    ),
    "the second and the third": (
        side(*drawn(0, 1, 2), layers=shaped(1, 3, 2)),
        right(*drawn(0, 1, 2), layers=shaped(1, 2, 3)),
        [(ORDER, 2)],
    ),
    "one among others that are alike": (
        side(*drawn(0, 1, 2), layers=shaped(1, 2, 1)),
        right(*drawn(0, 1, 2), layers=shaped(2, 1, 1)),
        [(ORDER, 2)],
    ),
    "in the same order": (side(*drawn(0, 1), layers=TWO), right(*drawn(0, 1), layers=TWO), []),
    "two draws for a layer": (
        side(*drawn(0, 0, 1), layers=TWO),
        right(*drawn(0, 1), layers=TWO),
        [],
    ),
    "a layer more": (
        side(*drawn(0, 1), layers=TURNED),
        right(*drawn(0), layers=TWO[:1]),
        [],
    ),
    "alike in another order": (
        side(*drawn(1, 0), layers=(layer(0, KERNEL), layer(1, KERNEL))),
        right(*drawn(0, 1), layers=(layer(0, KERNEL), layer(1, KERNEL))),
        [],
    ),
    "something else is drawn between": (
        side(*drawn(0), draw("wanted", 1), draw("wanted", 2, layer=1), layers=TWO),
        right(
            draw("wanted", 0),
            *(msgspec.structs.replace(e, count=e.count + 1) for e in drawn(0, 1)),
            layers=TWO,
        ),
        [(ORDER, 2)],
    ),
    "unsplit": (
        side(of_key("wanted", 0, span=at(5)), of_key("wanted", 1), layers=(*ONE, *ONE)),
        right(SPLIT, INSIDE),
        [(UNSPLIT, 5)],
    ),
    "unsplit, but a single layer": (side(of_key("wanted", 0)), right(SPLIT, INSIDE), []),
    "split as the task's": (side(SPLIT, INSIDE, layers=(*ONE, *ONE)), right(SPLIT, INSIDE), []),
    "not split, as the task's": (
        side(of_key("wanted", 0), layers=(*ONE, *ONE)),
        right(of_key("wanted", 0)),
        [],
    ),
    "unsplit, with an unknown key": (
        side(of_key("wanted", 0), of_key(None), layers=(*ONE, *ONE)),
        right(SPLIT, INSIDE),
        [],
    ),
    "nothing drawn where the task splits": (side(layers=(*ONE, *ONE)), right(SPLIT, INSIDE), []),
    "unsplit, where one of the task's isn't in a map": (
        side(of_key("wanted", 0), layers=(*ONE, *ONE)),
        right(of_key("wanted", 0), INSIDE),
        [],
    ),
}


@pytest.mark.parametrize(("actual", "expected", "found"), OTHER.values(), ids=OTHER)
def test_another_key_is_told_by_what_differs(
    actual: Observation, expected: Observation | None, found: list[tuple[str, int]]
) -> None:
    assert told(actual, expected) == found
    assert not told(actual, expected, TASK)


def test_a_map_has_other_layers_of_its_own() -> None:
    def inside(*draws: NnxDraw, **more: Any) -> Observation:
        return side(*draws, runs=(ran(0, "nnx.vmap", raised=True),), **more)

    late = side(of_key("wanted", 1, span=at(5)), layers=(*ONE, layer(1)))
    assert told(late, task=MAPS) == [(later("one key"), 5)]
    turned = side(*drawn(0, 1), layers=TURNED)
    assert not told(turned, right(*drawn(0, 1), layers=TWO), MAPS)
    assert not told(inside(of_key("wanted")), task=MAPS)


def test_a_constant_stream_is_told_as_that() -> None:
    looks = [seeded(0, "a"), seeded(1, "a")]
    assert not list(derived(evidence(looks, TEXT, PLAIN)))
    assert list(derived(evidence(looks[:1], TEXT, PLAIN)))


def net(*draws: NnxDraw, own: Any = (), **more: Any) -> Observation:
    record = NnxRecord(layers=(layer(1, KERNEL),), calls=(call(),), draws=draws, **more)
    return did(numbers(1), nnx=model(*own, KERNEL, of=record))


def of_class(actual: Observation, expected: Observation) -> list[tuple[str, str]]:
    one = look(msgspec.structs.replace(expected, outcome=did().outcome), actual, task=NET)
    return [(each.message, each.help) for each in derived(evidence([one], TEXT, NET))]


def test_a_class_draws_from_what_it_is_given() -> None:
    expected = net(draw("wanted", 0, layer=1))
    ((message, advice),) = of_class(net(draw("other", 0, layer=1)), expected)
    assert message == KEY
    assert (
        advice == "draw from the rngs that the class is given, and let NNX derive the keys from it"
    )
    late = draw("wanted", 1, layer=1)
    assert [each for each, _ in of_class(net(late), expected)] == [later("one key")]
    assert not of_class(net(late, own=(variable("Param/c", 3),)), expected)
    assert not of_class(net(late), net(draw("wanted", 0, layer=1), own=(variable("Param/c", 3),)))
    unknown = msgspec.structs.replace(
        net(late), record=msgspec.structs.replace(net(late).record, truncated=True)
    )
    assert not of_class(unknown, expected)


def test_the_words_about_another_key() -> None:
    step_made = side(of_key("other"), streams=STREAMS, keys=(step("key"), step("split")))
    for actual, label, edited in (
        (side(of_key("other"), streams=STREAMS), "this isn't the stream of nnx.Rngs(seed)", True),
        (step_made, "the keys are made by jax.random.split here", False),
    ):
        one = look(right(of_key("wanted")), actual, task=PLAIN)
        (found,) = derived(evidence([one], TEXT, PLAIN))
        assert (found.label, bool(found.edits)) == (label, edited)
        assert found.details == ("key   expected wanted   found other",)
    one = look(right(*drawn(0, 1), layers=TWO), side(*drawn(0, 1), layers=TURNED), task=PLAIN)
    (found,) = derived(evidence([one], TEXT, PLAIN))
    assert found.label == "is drawn first, in the task second"
    many = tuple(layer(n, variable("Param/kernel", n + 1)) for n in range(6))
    moved = (many[5], *many[:5])
    moved = tuple(msgspec.structs.replace(each, number=n) for n, each in enumerate(moved))
    order = [right(*drawn(*range(6)), layers=many), side(*drawn(*range(6)), layers=moved)]
    (found,) = derived(evidence([look(*order, task=PLAIN)], TEXT, PLAIN))
    assert found.label == "is drawn first, in the task as number 6"
