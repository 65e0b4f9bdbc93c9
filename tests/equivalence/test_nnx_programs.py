"""Proofs of programs with NNX: its objects are changed in place, and its streams want an int."""

from __future__ import annotations

import sys
import types
from functools import cache

import pytest

from grader.catalogue import load_exercise, shipped
from grader.model.report import Equivalence, Equivalent
from grader.model.trace import Trace
from grader.proof.equivalence import Side, compare
from grader.proof.reading import read
from grader.worker.trace import fingerprints

EXERCISES, SOLUTIONS = shipped()
FOLDER = load_exercise(EXERCISES / "nnx_vmap_shared", SOLUTIONS)
SIZES = (
    {"batch": 3, "in_dim": 4, "features": 2},
    {"batch": 2, "in_dim": 3, "features": 5},
    {"batch": 1, "in_dim": 1, "features": 1},
)
NAME = "submission_with_nnx"


def program(*, top: str = "", begin: str = "", end: str = "", rngs: str = "nnx.Rngs(seed)") -> str:
    return f"""
import jax
import jax.numpy as jnp
from flax import nnx
{top}

def nnx_vmap_shared(seed, x_batch, features):
    {begin or "pass"}
    model = nnx.Linear(x_batch.shape[1], features, rngs={rngs})
    outputs = nnx.vmap(lambda model, x: model(x), in_axes=(None, 0))(model, x_batch)
    {end or "pass"}
    return outputs.reshape(-1)
"""


@cache
def traces(text: str) -> tuple[Trace, ...]:
    module = types.ModuleType(NAME)
    sys.modules[NAME] = module
    exec(compile(text, "<submission>", "exec"), vars(module))
    function = vars(module)[FOLDER.exercise.function]
    return fingerprints(function, FOLDER.exercise, SIZES, namespace=vars(module))


def side(text: str) -> Side:
    reading = read(text, FOLDER.exercise.function)
    return Side(traces=() if reading.doubt else traces(text), reading=reading)


def equivalence(text: str) -> Equivalence:
    reference = side(FOLDER.solution.read_text(encoding="utf-8"))
    return compare(FOLDER.exercise, reference, side(text))


RIGHT = {
    "the solution in other words": program(),
    "a key": program(rngs="nnx.Rngs(params=jax.random.key(seed))"),
    "a layer that isn't used": program(end="nnx.Linear(2, 3, rngs=nnx.Rngs(0))"),
    "an object from outside": program(top="AXES = nnx.StateAxes({nnx.Param: None})"),
}

OTHERWISE = {
    "another seed": program(rngs="nnx.Rngs(0)"),
    "a split key": program(rngs="nnx.Rngs(jax.random.split(jax.random.key(seed))[0])"),
    "a stream that gave a key": program(begin="rngs = nnx.Rngs(seed); rngs.params()", rngs="rngs"),
    "a scaled output": program(end="outputs = 2 * outputs"),
}

KEEPING = {
    "a variable": program(
        top="COUNT = nnx.Param(jnp.zeros(()))",
        begin="COUNT.value = COUNT.value + 1",
        end="outputs = outputs * jnp.where(COUNT.value > 5000, 2.0, 1.0)",
    ),
    "metadata of a variable": program(
        top="COUNT = nnx.Param(jnp.zeros(()), calls=0)",
        begin="COUNT.set_metadata(calls=COUNT.calls + 1)",
        end="outputs = outputs * (1 + (COUNT.calls > 5000))",
    ),
    "an attribute of a module": program(
        top="class Box(nnx.Module):\n    def __init__(self):\n        self.calls = 0\nBOX = Box()",
        begin="BOX.calls += 1",
        end="outputs = outputs * (1 + (BOX.calls > 5000))",
    ),
    "a stream": program(
        top="RNGS = nnx.Rngs(0)",
        begin="RNGS()",
        end="outputs = outputs * jnp.where(RNGS.default.count[...] > 5000, 2.0, 1.0)",
    ),
    "a list of modules": program(
        top="MADE = []",
        begin="MADE.append(nnx.Rngs(0))",
        end="outputs = outputs * (1 + (len(MADE) > 5000))",
    ),
    "an attribute of a class": program(
        top="class Box(nnx.Module):\n    calls = 0",
        begin="Box.calls += 1",
        end="outputs = outputs * (1 + (Box.calls > 5000))",
    ),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_programs_are_proved(text: str) -> None:
    assert equivalence(text).status is Equivalent.PROVED


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=OTHERWISE)
def test_other_programs_are_not(text: str) -> None:
    assert equivalence(text).status is not Equivalent.PROVED


@pytest.mark.parametrize("text", KEEPING.values(), ids=KEEPING)
def test_what_outlives_a_call_costs_the_proof(text: str) -> None:
    assert equivalence(text).status is not Equivalent.PROVED
    assert side(text).traces, "the text alone said no"


def test_only_listed_names_of_nnx_are_followed() -> None:
    found = side(program(top="nnx.set_graph_mode(False)"))
    assert "nnx.set_graph_mode" in found.reading.doubt
