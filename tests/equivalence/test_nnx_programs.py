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
from grader.worker.kept import Pictures
from grader.worker.trace import fingerprints

EXERCISES, SOLUTIONS = shipped()
FOLDERS = {
    slug: load_exercise(EXERCISES / slug, SOLUTIONS)
    for slug in ("nnx_vmap_shared", "nnx_grad_adapter", "nnx_scan_layers")
}
SIZES = {
    slug: tuple(
        dict(zip(names, lengths, strict=True)) for lengths in ((3, 4, 2), (2, 3, 5), (1, 1, 1))
    )
    for slug, names in (
        ("nnx_vmap_shared", ("batch", "in_dim", "features")),
        ("nnx_grad_adapter", ("batch", "inputs", "outputs")),
        ("nnx_scan_layers", ("depth", "batch", "width")),
    )
}
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
def traces(text: str, slug: str = "nnx_vmap_shared") -> tuple[Trace, ...]:
    exercise = FOLDERS[slug].exercise
    module = types.ModuleType(NAME)
    sys.modules[NAME] = module
    exec(compile(text, "<submission>", "exec"), vars(module))
    function = vars(module)[exercise.function]
    return fingerprints(function, exercise, SIZES[slug], pictures=Pictures(vars(module)))


def side(text: str, slug: str = "nnx_vmap_shared") -> Side:
    reading = read(text, FOLDERS[slug].exercise.function)
    return Side(traces=() if reading.doubt else traces(text, slug), reading=reading)


def equivalence(text: str, slug: str = "nnx_vmap_shared") -> Equivalence:
    reference = side(FOLDERS[slug].solution.read_text(encoding="utf-8"), slug)
    return compare(FOLDERS[slug].exercise, reference, side(text, slug))


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


# --------------------------------------------------------------------------------------- gradients

ADAPTED = """
import jax
import jax.numpy as jnp
from flax import nnx

class Adapter(nnx.Variable):
    pass

class Adapted(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.base = nnx.Linear(inputs, outputs, rngs=rngs)
        self.scale = Adapter(jnp.ones(outputs))
        self.shift = Adapter(jnp.zeros(outputs))

    def __call__(self, x):
        return self.scale[...] * self.base(x) + self.shift[...]

def loss(model, x, y):
    return jnp.mean((model(x) - y) ** 2)

def adapter_step(seed, x, y, *, rate):
    model = Adapted(x.shape[1], y.shape[1], rngs=nnx.Rngs(seed))
    slope = nnx.grad(loss, argnums=nnx.DiffState(0, Adapter))(model, x, y)
    new = jax.tree.map(lambda old, by: old - rate * by, nnx.state(model, Adapter), slope)
    return nnx.to_pure_dict(new)
"""
GRAD = "nnx.grad(loss, argnums=nnx.DiffState(0, Adapter))(model, x, y)"
NAMES = 'nnx.Any(nnx.PathContains("scale"), nnx.PathContains("shift"))'
SAME_STEPS = {
    "both states at once": GRAD,
    "the value too": GRAD.replace("grad", "value_and_grad") + "[1]",
    "a filter by names": GRAD.replace("Adapter", NAMES),
    "all that isn't a Param": GRAD.replace("Adapter", "nnx.Not(nnx.Param)"),
}
OTHER_STEPS = {
    "twice the gradient": f"jax.tree.map(lambda each: 2 * each, {GRAD})",
    "of another batch": GRAD.replace("x, y", "x[::-1], y"),
    "of another seed": GRAD.replace(
        "(model, x", "(Adapted(x.shape[1], y.shape[1], rngs=nnx.Rngs(seed + 1)), x"
    ),
    "of a rounded model": GRAD.replace("x, y", "x.astype('bfloat16').astype('float32'), y"),
}


@pytest.mark.parametrize("call", SAME_STEPS.values(), ids=SAME_STEPS)
def test_gradients_of_objects_are_proved(call: str) -> None:
    found = equivalence(ADAPTED.replace(GRAD, call), "nnx_grad_adapter")
    assert found.status is Equivalent.PROVED, found


@pytest.mark.parametrize("call", OTHER_STEPS.values(), ids=OTHER_STEPS)
def test_other_gradients_are_not(call: str) -> None:
    found = equivalence(ADAPTED.replace(GRAD, call), "nnx_grad_adapter")
    assert found.status is not Equivalent.PROVED
    assert side(ADAPTED.replace(GRAD, call), "nnx_grad_adapter").traces, "the text alone said no"


def test_an_adapter_that_outlives_a_call_costs_the_proof() -> None:
    kept = ADAPTED.replace("def loss", "COUNT = Adapter(jnp.zeros(()))\n\ndef loss").replace(
        "    slope =", "    COUNT[...] += 1\n    slope ="
    )
    assert equivalence(kept, "nnx_grad_adapter").status is not Equivalent.PROVED


# ------------------------------------------------------------------------------------------- loops

DEEP = """
import jax
import jax.numpy as jnp
from flax import nnx

class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))

def nnx_scan_layers(seed, x, depth):
    keys = nnx.Rngs(seed).split(depth)
    layers = nnx.vmap(lambda rngs: Layer(x.shape[-1], rngs=rngs))(keys)
    return nnx.scan(Layer.__call__, in_axes=(0, nnx.Carry), out_axes=nnx.Carry)(layers, x)
"""
SAME_LOOPS = {
    "a call": ("", ""),
    "axes by kind": ("(0, nnx.Carry)", "(nnx.StateAxes({nnx.Param: 0}), nnx.Carry)"),
    "a function": ("nnx.scan(Layer.__call__", "nnx.scan(lambda layer, x: layer(x)"),
    "one step at a time": ("out_axes=nnx.Carry", "out_axes=nnx.Carry, unroll=1"),
}
OTHER_LOOPS = {
    "backwards": ("out_axes=nnx.Carry", "out_axes=nnx.Carry, reverse=True"),
    "another seed": ("Rngs(seed)", "Rngs(seed + 1)"),
    "each layer twice": ("nnx.scan(Layer.__call__", "nnx.scan(lambda layer, x: layer(layer(x))"),
    "another start": ("(layers, x)", "(layers, x[::-1])"),
}


@pytest.mark.parametrize(("before", "after"), SAME_LOOPS.values(), ids=SAME_LOOPS)
def test_loops_over_objects_are_proved(before: str, after: str) -> None:
    found = equivalence(DEEP.replace(before, after), "nnx_scan_layers")
    assert found.status is Equivalent.PROVED, found


@pytest.mark.parametrize(("before", "after"), OTHER_LOOPS.values(), ids=OTHER_LOOPS)
def test_other_loops_are_not(before: str, after: str) -> None:
    text = DEEP.replace(before, after)
    assert text != DEEP
    assert equivalence(text, "nnx_scan_layers").status is not Equivalent.PROVED
    assert side(text, "nnx_scan_layers").traces, "the text alone said no"
