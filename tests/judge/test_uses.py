"""Which runs of an asked transform there are, and how they are nested."""

from __future__ import annotations

import msgspec
import pytest

from grader.evidence.trail import Trail
from grader.evidence.uses import chains, deepest, made, runs
from grader.model.exercise import Use
from grader.model.observation import Completed, Observation, OpaqueResult, Record, TransformRun

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
