"""What a single case says for or against a check, and what it leaves open."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence.beside import needs_another
from grader.evidence.nnx import nnx_look
from grader.evidence.signs import Sign, nnx_params_sign, params_sign, rng_sign
from grader.model.exercise import FlaxClass, Library, Use
from grader.model.nnx import Held, NnxCall, NnxRecord
from grader.model.observation import Frame, Observation, Span, StreamKey, Variable
from tests.judge.made import (
    TASK,
    call,
    did,
    evidence,
    layer,
    look,
    model,
    numbers,
    raised,
    ran,
    root,
    typed,
    variable,
)

W: Final = variable("params/w", 3, 2, digest="w")
STAT: Final = variable("stats/m", 2, digest="m")
Z: Final = numbers(7, 8, 9)


def side(
    *given: Variable, made: tuple[Variable, ...] = (), answer: Any = None, **more: Any
) -> Observation:
    return did(answer, roots=(root(0, given=given, made=made, **more),))


ALIKE: Final = variable("params/w", 3, 2, digest="a", alike_along=(0,))
THEIRS: Final = side(W, STAT, made=(STAT,))
PARAMS: Final = {
    "the same": (side(W, STAT, made=(STAT,)), THEIRS, Sign.FOR),
    "other shapes": (side(variable("params/w", 9), STAT, made=(STAT,)), THEIRS, Sign.AGAINST),
    "equal slices": (side(ALIKE, STAT, made=(STAT,)), THEIRS, Sign.AGAINST),
    "equal slices on both sides": (side(ALIKE), side(ALIKE), Sign.FOR),
    "equal slices where the task's aren't known": (
        side(ALIKE),
        side(variable("params/w", 3, 2)),
        Sign.FOR,
    ),
    "equal slices of what the task hasn't": (
        side(W, variable("cache/c", 3, digest="c", alike_along=(0,))),
        side(W),
        Sign.FOR,
    ),
    "no updates": (side(W, STAT), THEIRS, Sign.AGAINST),
    "no updates that were seen": (side(W, STAT, kind="bind"), THEIRS, Sign.FOR),
    "no updates that were seen, and a wrong answer": (
        side(W, STAT, kind="bind", answer=Z),
        THEIRS,
        Sign.AGAINST,
    ),
    "nothing": (did(), THEIRS, Sign.UNSEEN),
    "nothing of the task's": (side(W), did(), Sign.UNSEEN),
}


@pytest.mark.parametrize(("ours", "theirs", "sign"), PARAMS.values(), ids=PARAMS)
def test_variables_speak_for_the_tasks_module(
    ours: Observation, theirs: Observation, sign: Sign
) -> None:
    assert params_sign(look(theirs, ours)) is sign


def test_variables_that_were_only_moved_are_the_tasks() -> None:
    deep = variable("params/a/w", 3, 2, digest="w")

    def applied(given: Variable, made: Variable) -> Observation:
        return did(
            roots=(root(0, kind="init", forward=False, made=(made,)), root(1, given=(given,)))
        )

    theirs = applied(W, W)
    assert params_sign(look(theirs, applied(deep, W))) is Sign.FOR
    assert params_sign(look(theirs, applied(deep, deep))) is Sign.AGAINST


# ------------------------------------------------------------------------------------------ NNX

USE: Final = Use(any_of=("nnx.vmap",), of="the layer")
MAPS: Final = msgspec.structs.replace(TASK, uses=(USE,))
PLAIN: Final = msgspec.structs.replace(TASK, uses=(Use(any_of=("nnx.grad",), of="the loss"),))
NET: Final = msgspec.structs.replace(PLAIN, flax_class=FlaxClass(library=Library.NNX))
KERNEL: Final = variable("Param/kernel", 2, 4, digest="k")
BIAS: Final = variable("Param/bias", 4, digest="b")
ZEROS: Final = variable("Param/bias", 4, digest="z", largest=0.0)
COUNT: Final = variable("BatchStat/count", digest="c")
ONE, EACH, UNKNOWN = Held.ONE, Held.EACH, Held.UNKNOWN


def mapped(
    *held: Held, variables: tuple[Variable, ...] = (KERNEL, BIAS), **more: Any
) -> Observation:
    own = call(*variables, held=held, inside=0, **more)
    return nnx(own)


def nnx(*calls: NnxCall) -> Observation:
    run = ran(0, "nnx.vmap", outputs=(typed(3, 4),), given_back=("y",))
    return did(transforms=(run,), nnx=NnxRecord(calls=calls))


SHARED: Final = mapped(ONE, ONE)
HELD: Final = {
    "shared": (mapped(ONE, ONE), SHARED, Sign.FOR),
    "one for each": (mapped(EACH, ONE), SHARED, Sign.AGAINST),
    "one for each of the task's": (mapped(ONE, ONE), mapped(EACH, EACH), Sign.AGAINST),
    "unknown": (mapped(UNKNOWN, ONE), SHARED, Sign.UNSEEN),
    "unknown of the task's": (mapped(ONE, ONE), mapped(ONE, UNKNOWN), Sign.UNSEEN),
    "zeros for each": (mapped(ONE, EACH, variables=(KERNEL, ZEROS)), SHARED, Sign.FOR),
    "only zeros for each": (
        mapped(EACH, variables=(ZEROS,)),
        mapped(ONE, variables=(BIAS,)),
        Sign.UNSEEN,
    ),
    "only shared zeros": (
        mapped(ONE, variables=(ZEROS,)),
        mapped(ONE, variables=(BIAS,)),
        Sign.FOR,
    ),
    "another shape": (
        mapped(ONE, ONE, variables=(variable("Param/kernel", 9, digest="k"), BIAS)),
        SHARED,
        Sign.AGAINST,
    ),
    "one less": (mapped(ONE, variables=(KERNEL,)), SHARED, Sign.AGAINST),
    "a count more of the task's": (
        mapped(ONE, ONE),
        mapped(ONE, ONE, ONE, variables=(KERNEL, BIAS, COUNT)),
        Sign.FOR,
    ),
    "another layer": (mapped(ONE, ONE, class_name="Conv"), SHARED, Sign.UNSEEN),
    "no layer": (nnx(), SHARED, Sign.UNSEEN),
    "no layer of the task's": (mapped(ONE, ONE), nnx(), Sign.UNSEEN),
}


@pytest.mark.parametrize(("ours", "theirs", "sign"), HELD.values(), ids=HELD)
def test_who_holds_weights_speaks_for_the_map(
    ours: Observation, theirs: Observation, sign: Sign
) -> None:
    assert nnx_params_sign(nnx_look(look(theirs, ours, task=MAPS), USE)) is sign


def test_layers_speak_for_themselves_where_no_map_is_asked_for() -> None:
    def of_layers(*some: Variable) -> Observation:
        return did(nnx=NnxRecord(layers=(layer(0, *some),)))

    def sign(ours: Observation, theirs: Observation, task: Any = PLAIN) -> Sign:
        return nnx_params_sign(nnx_look(look(theirs, ours, task=task), None))

    assert sign(of_layers(KERNEL), of_layers(KERNEL)) is Sign.FOR
    assert sign(of_layers(BIAS), of_layers(KERNEL)) is Sign.AGAINST
    assert sign(did(), of_layers(KERNEL)) is Sign.UNSEEN
    assert sign(of_layers(KERNEL), did()) is Sign.UNSEEN
    own, other = did(nnx=model(KERNEL)), did(nnx=model(KERNEL, BIAS))
    assert sign(own, own, NET) is Sign.FOR
    assert sign(own, other, NET) is Sign.AGAINST
    assert sign(other, own, NET) is Sign.AGAINST
    assert sign(did(), own, NET) is Sign.UNSEEN
    assert sign(did(nnx=model()), own, NET) is Sign.UNSEEN


# ----------------------------------------------------------------------------------------- keys


def keyed(data: str | None, *, doubt: bool = False) -> Observation:
    """Return a side that made its variables from a key; `doubt`: another call may have answered."""
    keys = (StreamKey(stream="params", data=data),) if data != "" else ()
    maker = root(0, kind="init", forward=False, made=(W,), keys=keys)
    others = (root(2, given=(STAT,)),) if doubt else ()
    return did(roots=(maker, root(1, given=(W,)), *others))


def test_keys_speak_for_the_seed() -> None:
    def sign(ours: Observation, theirs: Observation, *, seeded: bool = False) -> Sign:
        return rng_sign(look(theirs, ours), seeded=seeded)

    assert sign(keyed("a"), keyed("a")) is Sign.FOR
    assert sign(keyed("b"), keyed("a")) is Sign.AGAINST
    for ours, theirs in ((keyed(None), keyed("a")), (did(), did())):
        assert sign(ours, theirs) is Sign.UNSEEN
        assert sign(ours, theirs, seeded=True) is Sign.FOR
    assert sign(keyed(""), keyed("a")) is Sign.UNSEEN
    assert sign(keyed(""), keyed("a"), seeded=True) is Sign.OPEN
    assert sign(keyed("b", doubt=True), keyed("a")) is Sign.OPEN


# ------------------------------------------------------------------------------- several functions

TEXT: Final = """\
def other(x):
    global kept
    kept = x
def forward(seed, x, width):
    y = x + kept
    return y
"""
BOTH: Final = msgspec.structs.replace(TASK, beside=("other",))


def line(number: int, first: int, last: int) -> Span:
    return Span(line=number, column=first, end_line=number, end_column=last)


NEEDED: Final = {
    "where it's read": (line(5, 9, 17), BOTH, True),
    "itself": (line(5, 13, 17), BOTH, True),
    "a part of it": (line(5, 14, 17), BOTH, False),
    "its beginning": (line(5, 13, 16), BOTH, False),
    "beside it": (line(5, 9, 10), BOTH, False),
    "another line": (line(6, 5, 13), BOTH, False),
    "no place": (None, BOTH, False),
    "a single function": (line(5, 9, 17), TASK, False),
}


@pytest.mark.parametrize(("place", "task", "yes"), NEEDED.values(), ids=NEEDED)
def test_a_function_may_need_what_another_one_keeps(
    place: Span | None, task: Any, *, yes: bool
) -> None:
    frames = (Frame(function="forward", span=place),) if place is not None else ()
    some = evidence([], TEXT, task)
    assert (needs_another(some, raised(frames=frames)) is not None) is yes
    unkept = evidence([], TEXT.replace("    kept = x\n", "    pass\n"), task)
    assert needs_another(unkept, raised(frames=frames)) is None
