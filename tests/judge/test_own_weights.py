"""The weights of a class of NNX: what counts as another one, a missing one, or the same."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.own_weights import copies, in_each_call, restarted, weights_beside
from grader.model.exercise import Check, FlaxClass, Library, Use
from grader.model.nnx import NnxRecord
from grader.model.observation import Observation, Variable
from grader.rules import nnx_class_keys
from grader.rules.nnx_class_weights import other_weights, restart
from tests.judge.made import (
    NOTHING,
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
    stream,
    variable,
)

NET: Final = msgspec.structs.replace(
    TASK, function="Net", flax_class=FlaxClass(library=Library.NNX, fields=("width",))
)
LINEN: Final = msgspec.structs.replace(NET, flax_class=FlaxClass(library=Library.LINEN))
TEXT: Final = """\
from flax import nnx
class Net(nnx.Module):
    def __init__(self, width, *, rngs):
        self.a = nnx.Linear(2, width, rngs=nnx.Rngs(0))
        self.b: nnx.Param = make(self.a)
        width.c = self.c = nnx.Param(width)
        self.c = 2
    def __call__(self, x):
        return self.a(x)
"""

KERNEL: Final = variable("Param/a/kernel", 2, 4, digest="k")
BIAS: Final = variable("Param/a/bias", 4, digest="b")
MEAN: Final = variable("BatchStat/mean", 4, digest="m")
KEY: Final = variable("RngKey/rngs/key", digest="r")


def var(name: str, *shape: int, digest: str | None = None, **more: Any) -> Variable:
    return variable(name, *shape, digest=digest, **more)


def made(*variables: Variable, of: NnxRecord = NOTHING, **more: Any) -> Observation:
    """Return what a side did whose class has these variables."""
    return did(numbers(1), nnx=model(*variables, of=of, **more))


def against(ours: Observation, theirs: Observation, *, wrong: bool = True) -> Look:
    other = msgspec.structs.replace(theirs, outcome=did().outcome if wrong else ours.outcome)
    return look(other, ours, task=NET)


REFERENCE: Final = made(KERNEL, BIAS)
BESIDE: Final = {
    "the same": (made(KERNEL, BIAS), REFERENCE, [[], [], []]),
    "one is missing": (made(KERNEL), REFERENCE, [["a.bias"], [], []]),
    "one more": (made(KERNEL, BIAS, var("Param/c", 3)), REFERENCE, [[], ["c"], []]),
    "other names": (made(var("Param/w", 2, 4), var("Param/z", 4)), REFERENCE, [[], [], []]),
    "another dtype": (
        made(KERNEL, var("Param/a/bias", 4, dtype="int32")),
        REFERENCE,
        [["a.bias"], ["a.bias"], []],
    ),
    "turned": (made(var("Param/w", 4, 2), BIAS), REFERENCE, [[], [], []]),
    "an axis of one": (made(KERNEL, var("Param/z", 1, 4)), REFERENCE, [[], [], []]),
    "statistics": (made(KERNEL, BIAS, MEAN, KEY), REFERENCE, [[], [], []]),
    "the reference's statistics": (made(KERNEL, BIAS), made(KERNEL, BIAS, MEAN), [[], [], []]),
    "another kind of Param": (made(KERNEL, var("LoRAParam/b", 4)), REFERENCE, [[], [], []]),
    "no weight any more": (made(KERNEL, var("Variable/z", 4)), REFERENCE, [["a.bias"], [], ["z"]]),
    "no weight, and of another size": (
        made(KERNEL, var("Variable/z", 5)),
        REFERENCE,
        [["a.bias"], [], []],
    ),
    "no weight, beside one more": (
        made(KERNEL, var("Variable/z", 4), var("Param/c", 3)),
        REFERENCE,
        [["a.bias"], ["c"], []],
    ),
    "one of two isn't a weight": (
        made(var("Variable/z", 4)),
        REFERENCE,
        [["a.kernel", "a.bias"], [], []],
    ),
    "a weight of each size": (
        made(var("Param/x", 4, digest="b"), var("Param/y", 4, digest="o")),
        made(var("Param/y", 4, digest="o")),
        [[], ["x"], []],
    ),
    "the numbers before the name": (
        made(var("Param/y", 4, digest="a"), var("Param/x", 4, digest="o")),
        made(var("Param/x", 4, digest="o")),
        [[], ["y"], []],
    ),
    "the name before the size": (
        made(var("Param/y", 4), var("Param/x", 4)),
        made(var("Param/x", 4)),
        [[], ["y"], []],
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "told"), BESIDE.values(), ids=BESIDE)
def test_weights_are_compared_by_kind_and_sizes(
    ours: Observation, theirs: Observation, told: list[list[str]]
) -> None:
    found = weights_beside(against(ours, theirs))
    assert found is not None
    some = (found.missing, found.surplus, found.demoted)
    assert [[".".join(each.path) for each in one] for one in some] == told


COUNT: Final = (made(var("RngCount/n", dtype="uint32")), made(var("Param/n", dtype="uint32")))


def test_a_streams_count_is_no_weight_that_lost_its_kind() -> None:
    found = weights_beside(against(*COUNT))
    assert found is not None
    assert (len(found.missing), found.demoted) == (1, ())


UNKNOWN: Final = {
    "no class": (did(), REFERENCE),
    "no class of the reference's": (REFERENCE, did()),
    "made by the program": (made(KERNEL, span=at(3)), REFERENCE),
    "made inside of a map": (made(KERNEL, inside=1), REFERENCE),
    "not all was recorded": (
        did(nnx=model(KERNEL), truncated=True),
        REFERENCE,
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), UNKNOWN.values(), ids=UNKNOWN)
def test_weights_that_were_not_seen_are_not_compared(
    ours: Observation, theirs: Observation
) -> None:
    assert weights_beside(against(ours, theirs)) is None
    assert restarted(against(ours, theirs)) is None


def test_other_sizes_are_told_from_other_weights() -> None:
    for more, yes in (
        (var("Param/a/bias", 5), True),
        (var("Param/a/bias", 5, 1), False),
        (var("Param/a/bias", 5, dtype="int32"), False),
    ):
        found = weights_beside(against(made(KERNEL, more), REFERENCE))
        assert found is not None
        assert found.resized is yes


SCALE: Final = var("Param/scale", 3, digest="s")
OTHER: Final = var("Param/scale", 3, digest="o")
ZEROS: Final = var("Param/scale", 3, digest="o", largest=0.0)
DRAWN: Final = NnxRecord(draws=(draw("key", 1, layer=0),))
OF_A_LAYER: Final = NnxRecord(layers=(layer(1, OTHER),))
RESTARTED: Final = {
    "other numbers": (made(SCALE), made(OTHER), True),
    "the same numbers": (made(SCALE), made(SCALE), False),
    "unknown numbers": (made(var("Param/scale", 3)), made(OTHER), False),
    "numbers that the reference doesn't tell": (made(OTHER), made(var("Param/scale", 3)), False),
    "one of two of a size": (
        made(SCALE, var("Param/t", 3, digest="t")),
        made(OTHER, var("Param/t", 3, digest="t")),
        False,
    ),
    "one of two of a size, the last": (
        made(var("Param/t", 3, digest="t"), SCALE),
        made(var("Param/t", 3, digest="t"), OTHER),
        False,
    ),
    "two of two sizes": (
        made(SCALE, var("Param/t", 5, digest="t")),
        made(OTHER, var("Param/t", 5, digest="u")),
        False,
    ),
    "one of two sizes": (
        made(SCALE, var("Param/t", 5, digest="t")),
        made(OTHER, var("Param/t", 5, digest="t")),
        True,
    ),
    "of a layer": (made(OTHER, of=OF_A_LAYER), made(SCALE), False),
    "drawn from the same key": (made(OTHER, of=DRAWN), made(SCALE, of=DRAWN), True),
    "drawn from another key": (made(OTHER), made(SCALE, of=DRAWN), False),
    "zeros in place of what is drawn": (made(ZEROS), made(SCALE, of=DRAWN), True),
    "a layer drew from another key": (
        made(OTHER, of=NnxRecord(draws=(draw("key", 1, layer=1),))),
        made(SCALE),
        True,
    ),
    "a weight is missing": (made(SCALE), made(OTHER, BIAS), False),
    "a weight more": (made(SCALE, BIAS), made(OTHER), False),
}


@pytest.mark.parametrize(("ours", "theirs", "yes"), RESTARTED.values(), ids=RESTARTED)
def test_a_weight_of_the_class_itself_may_start_otherwise(
    ours: Observation, theirs: Observation, *, yes: bool
) -> None:
    assert (restarted(against(ours, theirs)) is not None) is yes


COPIES: Final = {
    "the same numbers": (var("Param/y", 4, digest="b"), True),
    "other numbers": (var("Param/y", 4, digest="o"), False),
    "zeros": (var("Param/y", 4, digest="b", largest=0.0), False),
    "unknown numbers": (var("Param/y", 4), False),
}


@pytest.mark.parametrize(("more", "yes"), COPIES.values(), ids=COPIES)
def test_a_weight_more_may_be_a_copy(more: Variable, *, yes: bool) -> None:
    for bias in (BIAS, var("Param/a/bias", 4, digest=more.digest)):
        found = weights_beside(against(made(KERNEL, bias, more), REFERENCE))
        assert found is not None
        if bias is BIAS:
            assert [(each.path, other.path) for each, other in copies(found)] == (
                [(("y",), ("a", "bias"))] if yes else []
            )
        else:
            assert bool(copies(found)) is (more.largest is None and more.digest is not None)


LATE: Final = var("Param/kernel", 2, 4, digest="late")
EACH: Final = {
    "its own layer": (made(KERNEL, of=NnxRecord(layers=(layer(1, KERNEL),))), False),
    "another layer": (made(BIAS, of=NnxRecord(layers=(layer(1, LATE),))), True),
    "a layer that is partly its own": (
        made(KERNEL, of=NnxRecord(layers=(layer(1, KERNEL, LATE),))),
        False,
    ),
    "a layer whose numbers aren't known": (
        made(BIAS, of=NnxRecord(layers=(layer(1, LATE, var("Param/x", 3)),))),
        False,
    ),
    "a layer without weights": (made(BIAS, of=NnxRecord(layers=(layer(1, MEAN),))), False),
    "no layer": (made(BIAS), False),
    "no class": (did(nnx=NnxRecord(layers=(layer(0, KERNEL, span=at(2)), layer(1, LATE)))), False),
}


@pytest.mark.parametrize(("ours", "yes"), EACH.values(), ids=EACH)
def test_a_layer_that_the_class_has_not_was_made_in_a_call(ours: Observation, *, yes: bool) -> None:
    assert (in_each_call(against(ours, REFERENCE)) is not None) is yes


# ------------------------------------------------------------------------------- what is said


def said(*looks: Look, task: Any = NET, text: str = TEXT) -> list[tuple[str, int | None]]:
    """Return each message, and the line where it points."""
    found = other_weights(evidence(looks, text, task))
    return [(each.message, each.span.line if each.span is not None else None) for each in found]


def layers(*some: Any) -> NnxRecord:
    return NnxRecord(layers=some)


WIDE: Final = var("Param/a/kernel", 2, 9, digest="w")
WORDS: Final = {
    "missing": (made(KERNEL), "a weight of the task's module is missing", 3),
    "two missing": (made(), "2 weights of the task's module are missing", 3),
    "more": (made(KERNEL, BIAS, var("Param/c", 3)), "the task has no weight c", 6),
    "a layer more": (
        made(KERNEL, BIAS, var("Param/l/kernel", 9), var("Param/l/bias", 3)),
        "the task has no layer l",
        3,
    ),
    "two more, one of them in a layer": (
        made(KERNEL, BIAS, var("Param/c", 9), var("Param/l/bias", 3)),
        "the task has no weight c and l",
        6,
    ),
    "another size": (made(WIDE, BIAS), "a has another size", 4),
    "other sizes": (
        made(var("Param/a/kernel", 2, 9), var("Param/c", 9)),
        "a and c have another size",
        4,
    ),
    "instead": (made(KERNEL, var("Param/c", 9, 1)), "there is c instead of what the task has", 6),
    "two instead": (
        made(var("Param/c", 9, 2), var("Param/d", 8, 1)),
        "there are c and d instead of what the task has",
        6,
    ),
    "not a weight": (made(KERNEL, var("Variable/c", 4)), "c is nnx.Variable, not nnx.Param", 6),
    "no weights": (
        made(var("Variable/a/kernel", 2, 4), var("Cache/c", 4)),
        "a.kernel and c are nnx.Variable and nnx.Cache, not nnx.Param",
        4,
    ),
    "in each call": (
        made(KERNEL, of=layers(layer(1, LATE, span=at(9)))),
        "the layer nnx.Linear is made in each call, not once with the module",
        9,
    ),
    "beside one in each call": (
        made(KERNEL, BIAS, var("Param/c", 3), of=layers(layer(1, LATE, span=at(9)))),
        "the task has no weight c",
        6,
    ),
    "instead, beside one in each call": (
        made(KERNEL, var("Param/c", 9, 2), of=layers(layer(1, LATE, span=at(9)))),
        "there is c instead of what the task has",
        6,
    ),
    "a copy in a layer": (
        made(
            KERNEL,
            BIAS,
            var("Param/c/k", 4, digest="b"),
            of=layers(layer(1, var("Param/k", 4, digest="b"), span=at(8))),
        ),
        "the task has no layer c",
        6,
    ),
    "a layer whose place is known": (
        made(WIDE, BIAS, of=layers(layer(1, WIDE, span=at(8)))),
        "a has another size",
        8,
    ),
    "a layer whose place isn't known": (
        made(WIDE, BIAS, of=layers(layer(1, WIDE))),
        "a has another size",
        4,
    ),
    "another layer's place": (
        made(WIDE, BIAS, of=layers(layer(1, BIAS, span=at(8)))),
        "a has another size",
        4,
    ),
    "zeros of another layer": (
        made(
            KERNEL,
            var("Param/a/bias", 9, digest="z", largest=0.0),
            of=layers(layer(1, var("Param/bias", 9, digest="z"), span=at(8))),
        ),
        "a has another size",
        4,
    ),
    "a copy": (
        made(KERNEL, BIAS, var("Param/c", 4, digest="b")),
        "the task has no weight c",
        6,
    ),
    "five": (
        made(KERNEL, BIAS, *(var(f"Param/{n}", 3) for n in "vwxyz")),
        "the task has no weight v, w, x, y and 1 more",
        3,
    ),
    "four": (
        made(KERNEL, BIAS, *(var(f"Param/{n}", 3) for n in "vwxy")),
        "the task has no weight v, w, x and y",
        3,
    ),
}


@pytest.mark.parametrize(("ours", "words", "line"), WORDS.values(), ids=WORDS)
def test_other_weights_are_told_by_the_learners_names(
    ours: Observation, words: str, line: int
) -> None:
    assert said(against(ours, REFERENCE)) == [(words, line)]


FEWER, MORE, BOTH = made(KERNEL), made(KERNEL, BIAS, var("Param/c", 3)), made(KERNEL, WIDE)


def test_of_right_answers_only_the_number_of_weights_is_told() -> None:
    for ours, told in ((FEWER, True), (MORE, True), (BOTH, False), (REFERENCE, False)):
        assert bool(said(against(ours, REFERENCE, wrong=False))) is told
    unasked = msgspec.structs.replace(NET, checks=(NET.checks[0],))
    assert not said(against(FEWER, REFERENCE, wrong=False), task=unasked)
    assert said(against(FEWER, REFERENCE), task=unasked)
    assert [each.check for each in unasked.checks] == [Check.LOADS]


def test_each_wrong_answer_has_to_show_other_weights() -> None:
    wrong, right = against(BOTH, REFERENCE), against(REFERENCE, REFERENCE)
    assert said(wrong, wrong)
    assert not said(wrong, right)
    assert not said(wrong, against(did(numbers(1)), REFERENCE))
    assert said(wrong, against(REFERENCE, REFERENCE, wrong=False))


@pytest.mark.parametrize("task", [LINEN, TASK])
def test_the_weights_of_another_task_are_not_these(task: Any) -> None:
    one = against(BOTH, REFERENCE)
    assert not said(one, task=task)
    assert not list(restart(evidence([against(made(OTHER), made(SCALE))], TEXT, task)))


def test_a_copy_says_what_it_is_a_copy_of() -> None:
    more = [var(f"Param/{n}", 4, digest="b") for n in "xyz"]
    one = against(made(KERNEL, BIAS, *more), REFERENCE)
    (found,) = other_weights(evidence([one], TEXT, NET))
    assert found.help == "use one and the same layer where the task shares its weights"
    assert found.details[0] == "x starts with the numbers of a.bias."
    assert len(found.details) == 2
    for ours, start in ((FEWER, "make each of them"), (BOTH, "compare the layers")):
        (found,) = other_weights(evidence([against(ours, REFERENCE)], TEXT, NET))
        assert found.help.startswith(start)


@pytest.mark.parametrize(
    ("wanted", "found", "told"), [(1.0, 2.0, True), (None, 2.0, False), (1.0, None, False)]
)
def test_how_large_a_weight_is_is_told_if_both_are_known(
    wanted: float | None, found: float | None, *, told: bool
) -> None:
    one, other = (
        var("Param/c", 3, digest=name, largest=each) for name, each in (("x", found), ("y", wanted))
    )
    some = [against(made(SCALE), made(SCALE)), against(made(one), made(other))]
    (sighting,) = restart(evidence(some, TEXT, NET))
    assert bool(sighting.details) is told
    assert sighting.span is not None
    assert sighting.span.line == 6


# --------------------------------------------------------------------------- a stream of one key

PLACE: Final = "nnx.Rngs(0)"
LINE: Final = TEXT.splitlines()[3]


def span_in(text: str, part: str = PLACE) -> Any:
    number, line = next(each for each in enumerate(text.splitlines(), 1) if part in each[1])
    column = line.index(part) + 1
    return msgspec.structs.replace(at(number), column=column, end_column=column + len(part))


def keyed(key: str | None, at_line: Any, *, drawn: str | None = None, **more: Any) -> NnxRecord:
    """Return a record of a layer that was drawn from a stream with a key, and called."""
    plain = {
        "streams": (stream(key, span=at_line),),
        "draws": (draw(drawn or key, layer=1),),
        "calls": (call(KERNEL),),
    }
    return NnxRecord(**(plain | more))


def seeded(
    seed: int, ours: NnxRecord, theirs: NnxRecord | None = None, *, wrong: bool = True
) -> Look:
    reference = theirs or keyed(f"key {seed}", None)
    expected = did(nnx=reference) if wrong else did(numbers(1), nnx=reference)
    return look(expected, did(numbers(1), nnx=ours), case(seed=seed), NET)


SPAN: Final = span_in(TEXT)
ZERO: Final = keyed("zero", SPAN)
TWICE: Final = {
    "one key for two seeds": ([seeded(0, ZERO), seeded(1, ZERO)], True),
    "one seed": ([seeded(0, ZERO), seeded(0, ZERO)], False),
    "two keys": ([seeded(0, ZERO), seeded(1, keyed("one", SPAN))], False),
    "at two places": ([seeded(0, ZERO), seeded(1, keyed("zero", at(9)))], False),
    "at no place": ([seeded(n, keyed("zero", None)) for n in (0, 1)], False),
    "an unknown key": ([seeded(n, keyed(None, SPAN)) for n in (0, 1)], False),
    "no layer was drawn from it": (
        [seeded(n, keyed("zero", SPAN, drawn="other")) for n in (0, 1)],
        False,
    ),
    "drawn for no layer": (
        [seeded(n, keyed("zero", SPAN, draws=(draw("zero"),))) for n in (0, 1)],
        False,
    ),
    "the reference's own key": ([seeded(n, ZERO, keyed("zero", None)) for n in (0, 1)], False),
    "right answers": ([seeded(n, ZERO, wrong=False) for n in (0, 1)], False),
    "one answer is right": (
        [seeded(0, ZERO, keyed("zero", None), wrong=False), seeded(1, ZERO)],
        True,
    ),
    "other calls": ([seeded(n, keyed("zero", SPAN, calls=())) for n in (0, 1)], False),
    "no calls": (
        [seeded(n, keyed("zero", SPAN, calls=()), keyed("x", None, calls=())) for n in (0, 1)],
        False,
    ),
    "calls of the learner's own class beside it": (
        [
            seeded(n, keyed("zero", SPAN, calls=(call(KERNEL), call(defined_in="submission"))))
            for n in (0, 1)
        ],
        True,
    ),
    "two keys at that place in a case": (
        [
            seeded(
                n,
                keyed(
                    "zero",
                    SPAN,
                    streams=(stream("zero", span=SPAN), stream("b", span=SPAN)),
                    draws=(draw("zero", layer=1), draw("b", layer=1)),
                ),
            )
            for n in (0, 1)
        ],
        False,
    ),
}


@pytest.mark.parametrize(("looks", "yes"), TWICE.values(), ids=TWICE)
def test_a_stream_with_one_key_for_all_seeds_ignores_the_seed(
    looks: list[Look], *, yes: bool
) -> None:
    assert bool(list(nnx_class_keys.ignored_seed(evidence(looks, TEXT, NET)))) is yes
    mapped = msgspec.structs.replace(NET, uses=(Use(any_of=("nnx.vmap",), of="f"),))
    for task in (TASK, mapped):
        assert not list(nnx_class_keys.ignored_seed(evidence(looks, TEXT, task)))


def test_a_function_draws_from_its_own_stream() -> None:
    task = msgspec.structs.replace(TASK, uses=(Use(any_of=("nnx.grad",), of="f"),))
    for asked, words in ((NET, "from the rngs"), (task, "from the stream of nnx.Rngs(seed)")):
        some = evidence([seeded(0, ZERO), seeded(1, ZERO)], TEXT, asked)
        (found,) = nnx_class_keys.ignored_seed(some)
        assert words in found.help


EDITED: Final = {
    "as the argument of a layer": (LINE, ["rngs"]),
    "as an attribute": (f"        self.rngs = {PLACE}", []),
    "as another argument": (LINE.replace("rngs=nnx", "keys=nnx"), []),
    "by position": (LINE.replace("rngs=nnx", "nnx"), []),
    "another one as the argument": (f"        self.a = nnx.Linear(2, w({PLACE}), rngs=rngs)", []),
}


@pytest.mark.parametrize(("line", "edits"), EDITED.values(), ids=EDITED)
def test_the_constructors_stream_is_passed_on(line: str, edits: list[str]) -> None:
    text = TEXT.replace(LINE, line)
    record = keyed("zero", span_in(text))
    some = [seeded(n, record) for n in (0, 1)]
    (found,) = nnx_class_keys.ignored_seed(evidence(some, text, NET))
    assert [each.text for each in found.edits] == edits
    other = text.replace("*, rngs", "*, keys")
    (found,) = nnx_class_keys.ignored_seed(evidence(some, other, NET))
    assert not found.edits
    outside = f"{text.replace(PLACE, 'rngs')}KEPT = f(rngs={PLACE})\n"
    some = [seeded(n, keyed("zero", span_in(outside))) for n in (0, 1)]
    (found,) = nnx_class_keys.ignored_seed(evidence(some, outside, NET))
    assert not found.edits
