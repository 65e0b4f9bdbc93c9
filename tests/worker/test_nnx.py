"""What is recorded of NNX: maps with their objects, layers as they see their arrays, keys."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from grader.model.case import Argument, ArrayValue, Case
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Use
from grader.model.nnx import Held
from grader.model.observation import Axis, AxisTree, Loaded, Record, TransformRun
from tests.observe import observe

X = np.arange(6, dtype=np.float32).reshape(2, 3)
CASE = Case(arguments=(Argument(name="x", value=ArrayValue.of(X)),), sizes={"n": 2, "d": 3})
HEADER = """\
import functools
import jax
import jax.numpy as jnp
from flax import nnx

def run(model, x):
    return model(x)

def make(rngs):
    return nnx.Linear(3, 4, rngs=rngs)

"""


def asking(title: str) -> Exercise:
    return Exercise(
        slug="mapped",
        title="",
        topic="",
        level=1,
        function="mapped",
        parameters=(Array(name="x", shape=("n", "d")),),
        dimensions=tuple(Dimension(name=name, noun=name, largest=4) for name in "nd"),
        output=(),
        checks=(CheckSpec(check=Check.LOADS, title="it loads"),),
        takeaway="",
        uses=(Use(any_of=(title,), of="run"),),
    )


def record(body: str, title: str = "nnx.vmap") -> Record:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    text = f"{HEADER}def mapped(x):\n{lines}\n"
    loaded, found = observe(text, asking(title), [CASE])
    assert loaded == Loaded(), loaded
    assert not found[0].record.truncated
    return found[0].record


def maps(body: str) -> list[TransformRun]:
    return [each for each in record(body).transforms if each.transform == "nnx.vmap"]


SHARED = {
    "a call": "return nnx.vmap(run, in_axes=(None, 0))(make(nnx.Rngs(0)), x)",
    "a decorator": "@nnx.vmap(in_axes=(None, 0))\ndef f(model, x):\n    return model(x)\n"
    "return f(make(nnx.Rngs(0)), x)",
    "a partial": "f = functools.partial(nnx.vmap, in_axes=(None, 0))(run)\n"
    "return f(make(nnx.Rngs(0)), x)",
    "a jitted call": "return nnx.jit(nnx.vmap(run, in_axes=(None, 0)))(make(nnx.Rngs(0)), x)",
}


@pytest.mark.parametrize("body", SHARED.values(), ids=SHARED)
def test_a_map_of_any_spelling_tells_its_axes_and_objects(body: str) -> None:
    (run,) = maps(body)
    assert run.knob("in_axes") == AxisTree(items=(Axis(value=None), Axis(value=0)))
    assert [each.shape for each in run.inputs] == [(2, 3)]
    assert run.parts == (0, 1)
    (state,) = run.states
    assert (state.argument, state.class_name) == (0, "Linear")
    assert [(v.collection, v.path, v.type.shape) for v in state.variables] == [
        ("Param", ("bias",), (4,)),
        ("Param", ("kernel",), (3, 4)),
    ]
    assert not state.after


@pytest.mark.parametrize("body", SHARED.values(), ids=SHARED)
def test_a_shared_layer_has_one_array_for_all(body: str) -> None:
    (call,) = record(body).nnx.calls
    assert call.held == (Held.ONE, Held.ONE)
    assert [each.shape for each in call.inputs] == [(3,)]


MEMBERS = """\
f = nnx.split_rngs(splits=5)(nnx.vmap(make))
return nnx.vmap(run, in_axes=(0, None))(f(nnx.Rngs(7)), x)
"""


def test_the_members_of_an_ensemble_have_one_array_each() -> None:
    (call,) = record(MEMBERS).nnx.calls
    assert call.held[1] is Held.EACH
    assert [each.type.shape for each in call.variables] == [(4,), (3, 4)]


def test_split_keys_and_the_axis_of_what_is_made_are_seen() -> None:
    making, running = maps(MEMBERS)
    stream, made = making.states
    assert (stream.class_name, made.class_name) == ("Rngs", "Linear")
    assert {v.collection: v.type.shape for v in stream.variables} == {
        "RngCount": (5,),
        "RngKey": (5,),
    }
    counts = {v.collection: v.largest for v in stream.after}
    assert counts["RngCount"] == 2.0
    assert [v.type.shape for v in made.variables] == [(5, 4), (5, 3, 4)]
    assert running.states[0].variables == made.variables
    assert not any(0 in v.alike_along for v in made.variables if v.path == ("kernel",))


def test_copies_of_one_layer_are_seen_to_be_alike() -> None:
    body = "return nnx.vmap(make, in_axes=None, axis_size=5)(nnx.Rngs(7)).kernel[...]"
    (making,) = maps(body)
    kernel = next(v for v in making.states[-1].variables if v.path == ("kernel",))
    assert kernel.alike_along == (0,)


def test_draws_tell_the_key_the_count_and_the_layer() -> None:
    found = record("rngs = nnx.Rngs(7)\nrngs.params()\nreturn make(rngs)(x)").nnx
    (stream,) = found.streams
    assert [(each.data, each.count) for each in found.draws] == [
        (stream.data, 0),
        (stream.data, 1),
        (stream.data, 2),
    ]
    (layer,) = found.layers
    assert [each.layer for each in found.draws] == [None, layer.number, layer.number]
    assert {each.name: each.text for each in layer.settings}["out_features"] == "4"


def test_state_axes_have_an_axis_for_each_kind_of_variable() -> None:
    body = (
        "axes = nnx.StateAxes({nnx.Param: None, 'dropout': 0, ...: 1})\n"
        "return nnx.vmap(run, in_axes=(axes, 0))(make(nnx.Rngs(0)), x)"
    )
    (run,) = maps(body)
    given = run.knob("in_axes")
    assert isinstance(given, AxisTree)
    axes = given.items[0]
    assert axes == AxisTree(
        items=(Axis(value=None), Axis(value=0), Axis(value=1)),
        keys=("Param", "dropout", "..."),
        is_state=True,
    )
    assert axes.kind == "StateAxes"


LOOPS = {
    "a call": "return nnx.scan(step, in_axes=(None, nnx.Carry, 0))(make(nnx.Rngs(0)), x[0], x)[0]",
    "a decorator": "@nnx.scan(in_axes=(None, nnx.Carry, 0))\ndef f(model, c, row):\n"
    "    return step(model, c, row)\nreturn f(make(nnx.Rngs(0)), x[0], x)[0]",
    "by name": "f = nnx.scan(step, in_axes=(None, nnx.Carry, 0))\n"
    "return f(row=x, carry=x[0], model=make(nnx.Rngs(0)))[0]",
    "a partial": "f = functools.partial(nnx.scan, in_axes=(None, nnx.Carry, 0))(step)\n"
    "return f(make(nnx.Rngs(0)), x[0], x)[0]",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_a_loop_of_any_spelling_tells_its_arguments_in_order_and_its_steps(body: str) -> None:
    step = "def step(model, carry, row):\n    return carry, model(row)\n"
    found = record(step + body, "nnx.scan").transforms
    (run,) = [each for each in found if each.transform == "nnx.scan"]
    assert run.parts == (0, 1, 1)
    assert [each.shape for each in run.inputs] == [(3,), (2, 3)]
    (inside,) = run.bodies
    assert [each.shape for each in inside.inputs] == [(3,), (3,)]
    assert [each.shape for each in inside.outputs] == [(3,), (4,)]
    assert inside.kept == (0, -1)


REFUSED = {
    "a call": "nnx.scan(run, in_axes=(None, nnx.Carry), out_axes=0)",
    "a decorator": "nnx.scan(in_axes=(None, nnx.Carry), out_axes=0)(run)",
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_a_call_that_is_refused_is_known_with_its_axes(call: str) -> None:
    body = f"try:\n    {call}\nexcept ValueError:\n    return x"
    (found,) = record(body, "nnx.scan").transforms
    assert (found.ran, found.raised, found.target) == (False, True, "run")
    assert found.knob("out_axes") == Axis(value=0)
    assert found.axes("in_axes") == AxisTree(
        items=(Axis(value=None), Axis(value=None, invalid="nnx.Carry"))
    )


OTHERS = {
    "nnx.scan": "@nnx.scan(in_axes=(None, 0), out_axes=0)\ndef f(model, x):\n    return model(x)\n"
    "return f(make(nnx.Rngs(0)), x)",
    "nnx.remat": "return nnx.remat(run)(make(nnx.Rngs(0)), x)",
    "nnx.jit": "return nnx.jit(run)(make(nnx.Rngs(0)), x)",
    "nnx.grad": "return nnx.grad(lambda m: m(x).sum())(make(nnx.Rngs(0)))",
    "nnx.value_and_grad": "return nnx.value_and_grad(lambda m: m(x).sum())(make(nnx.Rngs(0)))",
    "nnx.cond": "return nnx.cond(x.sum() > 0, run, run, make(nnx.Rngs(0)), x)",
    "nnx.switch": "return nnx.switch(1, [run, run], make(nnx.Rngs(0)), x)",
    "nnx.while_loop": "def step(c):\n    return c[0], c[1] + 1\n"
    "return nnx.while_loop(lambda c: c[1] < 3, step, (make(nnx.Rngs(0)), 0))[0](x)",
    "nnx.fori_loop": "return nnx.fori_loop(0, 3, lambda i, c: c, (make(nnx.Rngs(0)), x))[1]",
    "nnx.split_rngs": "rngs = nnx.Rngs(0)\nnnx.split_rngs(rngs, splits=3)\nreturn x",
}


@pytest.mark.parametrize("title", OTHERS)
def test_every_transform_of_nnx_shows_its_runs(title: str) -> None:
    found = [each for each in record(OTHERS[title], title).transforms if each.transform == title]
    assert [each.ran for each in found] == [True]
    assert found[0].states


def test_what_a_jitted_function_can_do_it_still_can() -> None:
    body = "f = nnx.jit(run)\nf.lower(make(nnx.Rngs(0)), x)\nreturn f(make(nnx.Rngs(0)), x)"
    assert record(body, "nnx.jit").transforms


def test_an_exercise_that_does_not_ask_sees_nothing_of_nnx() -> None:
    body = "return jax.vmap(lambda x: make(nnx.Rngs(0))(x))(x)"
    found = record(body, "jax.vmap")
    assert [each.transform for each in found.transforms] == ["jax.vmap"]
    assert not found.nnx.layers
    assert not found.nnx.draws


def test_nnx_is_not_imported_without_need() -> None:
    code = "import sys, grader.worker.serve; sys.exit('flax.nnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
