"""Runs of the table's transforms are recorded, with their knobs, if an exercise asks for one."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import msgspec
import numpy as np
import pytest

from grader.compare import Numbers, numbers
from grader.model.case import Argument, ArrayValue, Case
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Use
from grader.model.observation import Axis, AxisTree, Completed, Loaded, Observation, TransformRun
from grader.model.transforms import TRANSFORMS, Kind
from tests.observe import observe

HEADER = """\
import functools
import flax.linen as nn
import jax
import jax.numpy as jnp

def distance(a, b):
    return jnp.abs(a - b).sum()

def step(total, element):
    return total + element, total

"""
X = np.arange(6, dtype=np.float32).reshape(2, 3)
Y = np.arange(12, dtype=np.float32).reshape(4, 3)


def asking(*titles: str) -> Exercise:
    """Make an exercise of `pairwise(x, y)` that asks for these transforms."""
    return Exercise(
        slug="pairs",
        title="",
        topic="",
        level=1,
        function="pairwise",
        parameters=(Array(name="x", shape=("n", "d")), Array(name="y", shape=("m", "d"))),
        dimensions=tuple(Dimension(name=name, noun=name, largest=4) for name in "nmd"),
        output=(),
        checks=(CheckSpec(check=Check.LOADS, title="it loads"),),
        takeaway="",
        uses=tuple(Use(any_of=(title,), of="distance") for title in titles),
    )


CASE = Case(
    arguments=(
        Argument(name="x", value=ArrayValue.of(X)),
        Argument(name="y", value=ArrayValue.of(Y)),
    ),
    sizes={"n": 2, "m": 4, "d": 3},
)


def seen(body: str, *titles: str, alters: bool = False) -> Observation:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    text = f"{HEADER}def pairwise(x, y):\n{lines}\n"
    loaded, found = observe(text, asking(*titles), [CASE], alters=alters)
    assert loaded == Loaded(), loaded
    return found[0]


def runs(body: str, *titles: str) -> tuple[TransformRun, ...]:
    return seen(body, *titles).record.transforms


def answer(observation: Observation) -> Numbers:
    """Return the array that came back."""
    assert isinstance(observation.outcome, Completed)
    assert isinstance(observation.outcome.result, ArrayValue)
    found = numbers(observation.outcome.result)
    assert found is not None
    return found


def shapes(run: TransformRun) -> list[tuple[int, ...]]:
    return [each.shape for each in run.inputs]


NESTED = {
    "one in the other": "f = jax.vmap(jax.vmap(distance, (None, 0)), (0, None))\nreturn f(x, y)",
    "keywords": "f = jax.vmap(distance, in_axes=(None, 0))\n"
    "return jax.vmap(f, in_axes=(0, None))(x, y)",
    "partial": "f = functools.partial(jax.vmap, in_axes=(None, 0))(distance)\n"
    "return functools.partial(jax.vmap, in_axes=[0, None])(f)(x, y)",
    "jitted": "f = jax.vmap(jax.vmap(distance, (None, 0)), (0, None))\nreturn jax.jit(f)(x, y)",
    "named argument": "f = jax.vmap(jax.vmap(distance, (None, 0)), (0, None))\nreturn f(x, y)",
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
def test_nested_runs_are_recorded_one_inside_the_other(body: str) -> None:
    outer, inner = runs(body, "jax.vmap")
    assert (outer.transform, inner.transform) == ("jax.vmap", "jax.vmap")
    assert shapes(outer) == [(2, 3), (4, 3)]
    assert shapes(inner) == [(3,), (4, 3)]
    assert inner.inside == outer.number
    assert outer.inside is None
    assert inner.knob("in_axes") in (
        AxisTree(items=(Axis(value=None), Axis(value=0))),
        AxisTree(items=(Axis(value=None), Axis(value=0)), is_list=True),
    )


def test_inner_functions_are_seen_inside() -> None:
    body = "def row(a):\n    return jax.vmap(lambda b: distance(a, b))(y)\nreturn jax.vmap(row)(x)"
    outer, inner = runs(body, "jax.vmap")
    assert shapes(outer) == [(2, 3)]
    assert shapes(inner) == [(4, 3)]
    assert inner.inside == outer.number
    assert inner.digests[0]  # y is no tracer there
    assert not outer.outputs[0].dtype.startswith("int")


def test_a_loop_tells_its_knobs_arrays_and_what_its_function_keeps() -> None:
    body = "return jax.lax.scan(step, jnp.zeros(3), x, reverse=True)"
    (run,) = runs(body, "jax.lax.scan")
    assert shapes(run) == [(3,), (2, 3)]
    assert run.parts == (1, 1)
    assert run.knob("reverse") == Axis(value=1)
    assert run.given == ("f", "init", "xs", "reverse")
    assert run.target == "step"
    (body_run,) = run.bodies
    assert body_run.kept == (-1, 0)  # the second output is the carry that came in


def test_a_loop_is_traced_once_for_a_function_of_the_file() -> None:
    body = "return jax.lax.scan(step, jnp.zeros(3), x)[1] + jax.lax.scan(step, jnp.zeros(3), x)[1]"
    first, second = runs(body, "jax.lax.scan")
    assert len(first.bodies) == 1
    assert second.bodies == ()


GRADIENTS = {
    "grad": ("jax.grad", "return jax.grad(distance, argnums=1)(x, y[:2])"),
    "value and grad": (
        "jax.value_and_grad",
        "return jax.value_and_grad(distance, argnums=(0, 1))(x, y[:2])[1]",
    ),
}


@pytest.mark.parametrize(("title", "body"), GRADIENTS.values(), ids=GRADIENTS)
def test_gradients_tell_the_arguments_that_they_are_of(title: str, body: str) -> None:
    (run,) = runs(body, title)
    assert run.transform == title
    assert run.knob("argnums") is not None
    assert "argnums" in run.given


LIFTED = {
    "remat": "Block = nn.remat(nn.Dense)\nm = Block(2)",
    "checkpoint": "Block = nn.checkpoint(nn.Dense)\nm = Block(2)",
    "transforms": "Block = nn.transforms.remat(nn.Dense)\nm = Block(2)",
}


@pytest.mark.parametrize("make", LIFTED.values(), ids=LIFTED)
def test_a_lifted_class_observes_its_runs(make: str) -> None:
    body = f"{make}\nv = m.init(jax.random.PRNGKey(0), x)\nreturn m.apply(v, x)"
    found = runs(body, "nn.remat")
    assert [shapes(each) for each in found] == [[(2, 3)], [(2, 3)]]
    assert {each.target for each in found} == {"Dense"}


ONLY_NAMED = {
    "jit": ("jax.jit", "return jax.jit(distance)(x, y[:2])", [(2, 3), (2, 3)]),
    "a decorator": (
        "jax.jit",
        "@jax.jit\ndef f(x, y):\n    return distance(x, y[:2])\nreturn f(x, y)",
        [(2, 3), (4, 3)],
    ),
    "a decorator with a setting": (
        "jax.jit",
        (
            "@functools.partial(jax.jit, static_argnums=1)\n"
            "def f(x, n):\n    return x * n\nreturn f(x, 2)"
        ),
        [(2, 3)],
    ),
    "cond": (
        "jax.lax.cond",
        "return jax.lax.cond(x.sum() > 0, lambda a: a, lambda a: -a, x)",
        [(2, 3)],
    ),
    "cond with an operand for each branch": (
        "jax.lax.cond",
        "return jax.lax.cond(x.sum() > 0, x, lambda a: a, y, lambda a: a[:2])",
        [(4, 3)],  # it's written where the others have a function
    ),
    "switch": (
        "jax.lax.switch",
        "return jax.lax.switch(1, [jnp.sin, jnp.cos], x)",
        [(2, 3)],
    ),
    "a jitted class": (
        "nn.jit",
        "m = nn.jit(nn.Dense)(2)\nreturn m.apply(m.init(jax.random.PRNGKey(0), x), x)",
        [(2, 3)],
    ),
    "mapped variables": (
        "nn.map_variables",
        (
            "def turned(v):\n    return jax.tree.map(jnp.transpose, v)\n"
            "M = nn.map_variables(nn.Dense, 'params', turned, turned, init=True)\n"
            "m = M(3, use_bias=False)\nreturn m.apply(m.init(jax.random.PRNGKey(0), x), x)"
        ),
        [(2, 3)],
    ),
    "a branch of a module": (
        "nn.cond",
        (
            "class Net(nn.Module):\n    def setup(self):\n        self.d = nn.Dense(3)\n"
            "    def __call__(self, x):\n        if self.is_initializing(): self.d(x)\n"
            "        return nn.cond(x[0, 0] > 9, lambda m, a: m.d(a), lambda m, a: a, self, x)\n"
            "m = Net()\nreturn m.apply(m.init(jax.random.PRNGKey(0), x), x)"
        ),
        [(2, 3)],
    ),
    "a branch of several": (
        "nn.switch",
        (
            "class Net(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n"
            "        return nn.switch(1, [lambda m, a: a, lambda m, a: -a], self, x)\n"
            "return Net().apply({}, x)"
        ),
        [(2, 3)],
    ),
}


@pytest.mark.parametrize(("title", "body", "taken"), ONLY_NAMED.values(), ids=ONLY_NAMED)
def test_some_are_recorded_only_where_an_exercise_names_them(
    title: str, body: str, taken: list[tuple[int, ...]]
) -> None:
    found = seen(body, title)
    assert {each.transform for each in found.record.transforms} == {title}
    assert shapes(found.record.transforms[-1]) == taken
    other = seen(body, "jax.vmap")
    assert other.record.transforms == ()
    np.testing.assert_array_equal(answer(other), answer(found))
    assert seen(body, title, alters=True).record.altered > 0


def test_a_lifted_while_loop_is_recorded_with_its_steps() -> None:
    body = (
        "class Net(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n"
        "        return nn.while_loop(\n"
        "            lambda m, c: c[0] < 3, lambda m, c: (c[0] + 1, c[1] * 2), self, (0, x)\n"
        "        )[1]\n"
        "return Net().apply({}, x)"
    )
    (run,) = runs(body, "nn.while_loop")
    assert shapes(run) == [(2, 3)]
    assert run.bodies
    assert runs(body, "jax.lax.while_loop") == (msgspec.structs.replace(run, number=run.number),)


def test_nothing_is_recorded_for_an_exercise_that_asks_for_nothing() -> None:
    assert runs(NESTED["keywords"]) == ()


def test_what_flax_maps_for_itself_is_not_the_submissions() -> None:
    body = (
        "m = nn.vmap(nn.Dense, variable_axes={'params': None}, split_rngs={'params': False})(2)\n"
        "return m.apply(m.init(jax.random.PRNGKey(0), x), x)"
    )
    assert runs(body, "jax.vmap") == ()


def test_a_call_of_which_nothing_runs_is_recorded() -> None:
    (call,) = runs("f = jax.vmap(distance)\nreturn distance(x, x)", "jax.vmap")
    assert not call.ran
    assert call.inputs == ()


def test_a_run_that_raises_is_recorded() -> None:
    found = seen("return jax.vmap(distance)(x, y)", "jax.vmap").record.transforms
    assert [each.raised for each in found] == [True]


def test_a_transform_called_while_loading_runs_later() -> None:
    text = f"{HEADER}rows = jax.vmap(distance, (0, None))\npairwise = jax.vmap(rows, (None, 0))\n"
    loaded, found = observe(text, asking("jax.vmap"), [CASE])
    assert loaded == Loaded()
    assert [each.while_loading for each in found[0].record.transforms] == [True, True]


def test_only_the_outermost_run_is_altered() -> None:
    plain = seen(NESTED["keywords"], "jax.vmap")
    changed = seen(NESTED["keywords"], "jax.vmap", alters=True)
    np.testing.assert_allclose(answer(changed), 1 - 2 * answer(plain))
    assert changed.record.altered == 1


def test_every_entry_of_the_table_is_found_in_this_version() -> None:
    for each in TRANSFORMS:
        found = getattr(importlib.import_module(each.holder), each.name)
        if each.kind is not Kind.LIFTED:
            parameters = inspect.signature(found).parameters
            assert {each.target, *each.knobs, *each.operands} <= parameters.keys(), each.title


def test_the_authors_guide_lists_the_table() -> None:
    guide = Path(__file__).resolve().parents[2] / "exercises" / "README.md"
    text = guide.read_text(encoding="utf-8")
    titles = [each.title for each in TRANSFORMS if each.kind is not Kind.LIFTED]
    assert [each for each in titles if f"`{each}`" not in text] == []
