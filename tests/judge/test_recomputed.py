"""Whether `remat` has an effect: what ran inside of it, and inside of a gradient."""

from __future__ import annotations

from typing import Any, Final

import pytest

from grader.evidence import Look
from grader.evidence.recomputed import partly_outside, saved, without_gradient, without_layers
from grader.evidence.trail import Trail
from grader.model.exercise import Use
from grader.model.nnx import NnxCall, NnxRecord, NodeState
from grader.model.observation import Observation, TransformRun
from tests.judge.made import at, call, did, evidence, look, node, raised, ran, variable

REMAT: Final = Use(any_of=("jax.checkpoint", "nnx.remat"), of="the block")
MAP: Final = Use(any_of=("jax.vmap",), of="the block")
KNOWN, UNKNOWN = variable("Param/w", 2, digest="w"), variable("Param/w", 2)


def remat(
    number: int = 0, *given: str, states: tuple[NodeState, ...] = (), **more: Any
) -> TransformRun:
    plain = {
        "transform": "jax.checkpoint",
        "given_back": given,
        "states": states,
        "span": at(number + 1),
    }
    return ran(number, **(plain | more))


def grad(number: int, **more: Any) -> TransformRun:
    return ran(number, "jax.grad", **more)


def side(*runs: TransformRun, calls: tuple[NnxCall, ...] = (), outcome: Any = None) -> Observation:
    return did(outcome, transforms=runs, nnx=NnxRecord(calls=calls))


TRACED, PLAIN = remat(0, ""), remat(0, "y")
THEIRS: Final = side(TRACED)


def seen(*sides: Observation, use: Use = REMAT, theirs: Observation = THEIRS) -> int | None:
    found = without_gradient(evidence([look(theirs, each) for each in sides]), use)
    return found.number if found is not None else None


EFFECT: Final = {
    "outside of every gradient": (side(PLAIN), True),
    "in a gradient": (side(TRACED), False),
    "partly in a gradient": (side(remat(0, "y", "")), False),
    "one of two in a gradient": (side(PLAIN, remat(1, "")), False),
    "no result": (side(remat(0)), False),
    "raised": (side(remat(0, "y", raised=True)), False),
    "an object with numbers": (side(remat(0, states=(node(-1, KNOWN),))), True),
    "an object without numbers": (side(remat(0, states=(node(-1, UNKNOWN),))), False),
    "an object that goes in": (side(remat(0, "y", states=(node(0, UNKNOWN),))), True),
    "an object beside an array": (side(remat(0, "y", states=(node(-1, UNKNOWN),))), False),
    "no run": (side(), False),
    "no answer": (side(PLAIN, outcome=raised()), False),
}


@pytest.mark.parametrize(("ours", "yes"), EFFECT.values(), ids=EFFECT)
def test_a_run_with_numbers_is_part_of_no_gradient(ours: Observation, *, yes: bool) -> None:
    assert seen(ours) == (0 if yes else None)
    assert seen(ours, use=MAP) is None
    for theirs in (side(PLAIN), side(remat(0, "", raised=True)), side()):
        assert seen(ours, theirs=theirs) is None


def test_every_case_has_to_show_it() -> None:
    assert seen(side(PLAIN), side(TRACED)) is None
    assert seen(side(PLAIN), side(remat(0, "z"))) == 0
    assert seen(side(), side(PLAIN)) == 0


SAVES: Final = {
    "inside of a gradient": ((grad(0), remat(1, "", inside=0)), True),
    "inside of what a gradient runs": (
        (grad(0), ran(1, "jax.jit", inside=0), remat(2, "", inside=1)),
        True,
    ),
    "around the gradient": ((remat(0, ""), grad(1, inside=0)), False),
    "around what has a gradient": (
        (remat(0, ""), ran(1, "jax.jit", inside=0), grad(2, inside=1)),
        False,
    ),
    "around a gradient that never ran": ((remat(0, ""), grad(1, inside=0, ran=False)), True),
    "beside a gradient": ((remat(0, ""), grad(1)), True),
    "between two gradients": ((grad(0), remat(1, "", inside=0), grad(2, inside=1)), True),
    "outside, with numbers": ((remat(0, "y"),), False),
    "one of two": ((remat(0, "y"), remat(1, "")), True),
    "around a map": ((remat(0, ""), ran(1, inside=0)), True),
    "inside of itself": ((remat(0, "", inside=0),), True),
    "none": ((grad(0),), False),
}


@pytest.mark.parametrize(("runs", "yes"), SAVES.values(), ids=SAVES)
def test_a_run_saves_something_if_a_gradient_goes_through_it(
    runs: tuple[TransformRun, ...], *, yes: bool
) -> None:
    assert saved(Trail(side(*runs)), REMAT) == yes


INSIDE, OUTSIDE = call(inside=0), call()
ALL: Final = side(TRACED, calls=(INSIDE,))
LAYERS: Final = {
    "beside the layers": (side(TRACED, calls=(OUTSIDE,)), True),
    "around the layers": (ALL, False),
    "around one of the layers": (side(TRACED, calls=(OUTSIDE, INSIDE)), False),
    "deeper around the layers": (
        side(TRACED, ran(1, "jax.jit", inside=0), calls=(call(inside=1),)),
        False,
    ),
    "beside a trial": (side(TRACED, calls=(call(digest="y"),)), False),
    "beside a trial and the layers": (side(TRACED, calls=(call(digest="y"), OUTSIDE)), False),
    "beside a class of the learner's": (side(TRACED, calls=(call(defined_in="mine"),)), False),
    "never": (side(calls=(OUTSIDE,)), False),
    "in another transform": (side(TRACED, ran(1), calls=(call(inside=1),)), True),
}


@pytest.mark.parametrize(("ours", "yes"), LAYERS.values(), ids=LAYERS)
def test_a_run_without_the_layers_has_no_effect(ours: Observation, *, yes: bool) -> None:
    def found(*looks: Look, use: Use = REMAT) -> bool:
        return without_layers(evidence(looks), use) is not None

    one = look(ALL, ours)
    assert found(one) is yes
    assert not found(one, use=MAP)
    assert not found(look(side(TRACED, calls=(INSIDE, OUTSIDE)), ours))
    assert not found(one, look(ALL, ALL))
    assert found(one, look(ALL, side())) is yes
    assert not found(
        look(ALL, did(raised(), transforms=(TRACED,), nnx=NnxRecord(calls=(OUTSIDE,))))
    )


PARTLY: Final = {
    "all inside": (ALL, False),
    "one outside": (side(TRACED, calls=(INSIDE, OUTSIDE)), True),
    "all outside": (side(TRACED, calls=(OUTSIDE,)), True),
    "a trial outside": (side(TRACED, calls=(INSIDE, call(digest="y"))), False),
    "none": (side(TRACED), False),
}


@pytest.mark.parametrize(("ours", "yes"), PARTLY.values(), ids=PARTLY)
def test_some_layers_may_be_outside(ours: Observation, *, yes: bool) -> None:
    assert partly_outside(evidence([look(ALL, ours)]), REMAT) is yes
    assert not partly_outside(evidence([look(ALL, ours)]), MAP)
    assert not partly_outside(evidence([look(side(TRACED, calls=(INSIDE, OUTSIDE)), ours)]), REMAT)
    assert not partly_outside(evidence([look(side(TRACED), ours)]), REMAT)
