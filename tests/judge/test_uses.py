"""Which runs of an asked transform there are, and how they are nested."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from grader.evidence.trail import Trail
from grader.evidence.uses import chains, deepest, made, passed_on, runs
from grader.model.exercise import Use
from grader.model.observation import Completed, Observation, OpaqueResult, Record, TransformRun
from tests.judge.made import TASK, did, evidence, look, numbers, of

VMAP = Use(any_of=("jax.vmap",), of="f")
EITHER = Use(any_of=("jax.vmap", "jax.lax.map"), of="f")


def a_run(number: int, transform: str = "jax.vmap", inside: int | None = None) -> TransformRun:
    return TransformRun(
        number=number,
        transform=transform,
        call=number,
        target="f",
        span=None,
        given=(),
        knobs=(),
        parts=(),
        inputs=(),
        digests=(),
        inside=inside,
    )


def trail(*transforms: TransformRun) -> Trail:
    outcome = Completed(result=OpaqueResult(type_name="int", text="1"))
    return Trail(Observation(outcome=outcome, record=Record(transforms=transforms)))


def idle(run: TransformRun) -> TransformRun:
    return msgspec.structs.replace(run, ran=False)


def test_a_run_is_of_one_of_the_transforms_that_will_do() -> None:
    some = trail(a_run(0), a_run(1, "jax.lax.map"), a_run(2, "jax.jit"), idle(a_run(3)))
    assert [each.number for each in runs(some, VMAP)] == [0]
    assert [each.number for each in runs(some, EITHER)] == [0, 1]
    assert runs(trail(), VMAP) == ()


def test_what_was_made_and_never_ran() -> None:
    some = trail(a_run(0), idle(a_run(1)), idle(a_run(2, "jax.jit")))
    assert [each.number for each in made(some, VMAP)] == [1]


@pytest.mark.parametrize(
    ("some", "found"),
    [
        ((), []),
        ((a_run(0), a_run(1)), [[0], [1]]),
        ((a_run(0), a_run(1, inside=0)), [[0, 1]]),
        ((a_run(0), a_run(1, inside=0), a_run(2, inside=0)), [[0, 1]]),
        ((a_run(0), a_run(1, "jax.jit", 0), a_run(2, inside=1)), [[0, 2]]),
        ((a_run(0, "jax.jit"), a_run(1, inside=0), a_run(2, inside=1)), [[1, 2]]),
        ((a_run(0), a_run(1, inside=0), a_run(2, inside=1), a_run(3)), [[0, 1, 2], [3]]),
        ((a_run(0), a_run(1, "jax.lax.map", 0)), [[0]]),
        ((a_run(0), a_run(1, inside=1)), [[0], [1]]),
        ((a_run(0), a_run(1, inside=7)), [[0], [1]]),
        ((a_run(0, inside=1), a_run(1)), [[0], [1]]),
    ],
)
def test_the_outermost_runs_and_the_first_ones_inside(
    some: tuple[TransformRun, ...], found: list[list[int]]
) -> None:
    nested = [[each.number for each in chain] for chain in chains(trail(*some), VMAP)]
    assert nested == found


def test_the_first_of_the_longest_chains() -> None:
    flat, deep = trail(a_run(4)), trail(a_run(0), a_run(1), a_run(2, inside=1))
    other = trail(a_run(5), a_run(6, inside=5))
    assert [each.number for each in deepest((flat, deep, other), VMAP)] == [1, 2]
    assert deepest((), VMAP) == ()


X, Y = numbers(1, 2, 3), numbers(4, 5, 6)
MAPS = msgspec.structs.replace(TASK, uses=(VMAP,))


def mapped(given: str, given_back: str, **more: Any) -> TransformRun:
    return msgspec.structs.replace(a_run(0), digests=(given,), given_back=(given_back,), **more)


PASSED_ON = {
    "the answer": (did(X, transforms=(mapped(of(X), of(X)),)), True),
    "another array": (did(Y, transforms=(mapped(of(X), of(Y)),)), False),
    "the answer, behind another": (
        did(
            X,
            transforms=(
                mapped(of(Y), of(Y)),
                msgspec.structs.replace(mapped(of(X), of(X)), number=1),
            ),
        ),
        True,
    ),
    "what isn't the answer": (did(Y, transforms=(mapped(of(X), of(X)),)), False),
    "an unknown array": (did(X, transforms=(mapped("", of(X)),)), False),
    "an unknown result": (did(X, transforms=(mapped(of(X), ""),)), False),
    "an unknown array beside the answer": (
        did(
            X,
            transforms=(mapped(of(X), of(X)), msgspec.structs.replace(mapped("", of(Y)), number=1)),
        ),
        False,
    ),
    "no array": (
        did(
            Completed(result=OpaqueResult(type_name="int", text="1")),
            transforms=(mapped(of(X), of(X)),),
        ),
        False,
    ),
}


@pytest.mark.parametrize(("ours", "yes"), PASSED_ON.values(), ids=PASSED_ON)
def test_a_map_may_only_pass_on_what_was_there(ours: Observation, *, yes: bool) -> None:
    theirs = did(X, transforms=(mapped(of(Y), of(X)),))
    assert passed_on(evidence([look(theirs, ours, task=MAPS)], "", MAPS), VMAP) is yes
    same = did(X, transforms=(mapped(of(X), of(X)),))
    assert not passed_on(evidence([look(same, ours, task=MAPS)], "", MAPS), VMAP)
    gradient = Use(any_of=("jax.grad",), of="f")
    assert not passed_on(evidence([look(theirs, ours, task=MAPS)], "", MAPS), gradient)
