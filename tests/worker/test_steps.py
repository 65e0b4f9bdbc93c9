"""What is recorded of `nn.scan`: collections, keys, the Flax call, and what each step keeps."""

from __future__ import annotations

import numpy as np
import pytest

from grader.model.case import Argument, ArrayValue, Case
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Use
from grader.model.observation import Axis, Loaded, Names, Observation, TransformRun
from tests.observe import observe

EXERCISE = Exercise(
    slug="steps",
    title="",
    topic="",
    level=1,
    function="run",
    parameters=(Array(name="x", shape=("t", "d")),),
    dimensions=tuple(Dimension(name=name, noun=name, largest=4) for name in "td"),
    output=(),
    checks=(CheckSpec(check=Check.LOADS, title="it loads"),),
    takeaway="",
    uses=(Use(any_of=("nn.scan",), of="Cell"),),
)
X = np.arange(6, dtype=np.float32).reshape(2, 3)
CASE = Case(arguments=(Argument(name="x", value=ArrayValue.of(X)),), sizes={"t": 2, "d": 3})

CELL = """\
import functools
import flax.linen as nn
import jax
import jax.numpy as jnp

KNOBS = dict(variable_broadcast="params", split_rngs={"params": False})

class Cell(nn.Module):
    @nn.compact
    def __call__(self, carry, x):
        y = nn.Dense(3)(carry + x)
        return y, y

class Outer(nn.Module):
    @nn.compact
    def __call__(self, carry, x):
        def step(module, carry, x):
            y = nn.Dense(3)(carry + x)
            return y, y
        return nn.scan(step, **KNOBS)(self, carry, x)

class Method(nn.Module):
    @functools.partial(nn.scan, **KNOBS)
    @nn.compact
    def __call__(self, carry, x):
        y = nn.Dense(3)(carry + x)
        return y, y

def run(x):
    carry = jnp.zeros(3)
    model = {make}
    variables = model.init(jax.random.PRNGKey(0), carry, x)
    return model.apply(variables, carry, x)[1]
"""
WAYS = {
    "class": "nn.scan(Cell, **KNOBS)()",
    "partial": "nn.scan(functools.partial(Cell), **KNOBS)()",
    "methods": "nn.scan(Cell, methods={'__call__': KNOBS})()",
    "function": "Outer()",
    "method": "Method()",
}


def seen(make: str, text: str = CELL) -> Observation:
    loaded, found = observe(text.replace("{make}", make), EXERCISE, [CASE])
    assert loaded == Loaded(), loaded
    assert not found[0].record.truncated
    return found[0]


def runs(make: str, text: str = CELL) -> tuple[TransformRun, ...]:
    return tuple(each for each in seen(make, text).record.transforms if each.ran)


@pytest.mark.parametrize("make", WAYS.values(), ids=WAYS)
def test_each_way_to_lift_tells_the_same(make: str) -> None:
    made, applied = runs(make)
    for each in (made, applied):
        assert each.collections is not None
        assert each.collections.broadcast == Names(names=("params",))
        assert [(entry.filter, entry.split) for entry in each.collections.splits] == [
            (Names(names=("params",)), False)
        ]
        assert each.parts == (1, 1)
        assert [array.shape for array in each.inputs] == [(3,), (2, 3)]
        assert {body.kept for body in each.bodies} == {(-1, -1)}
    roots = seen(make).record.roots
    assert [made.root, applied.root] == [root.number for root in roots]
    assert [root.kind for root in roots] == ["init", "apply"]


def test_a_step_that_keeps_its_carry_is_told() -> None:
    kept = CELL.replace(
        "        return y, y\n\nclass Outer", "        return carry, y\n\nclass Outer"
    )
    assert kept != CELL
    (_, applied) = runs(WAYS["class"], kept)
    assert {body.kept for body in applied.bodies} == {(0, -1)}


def test_arguments_for_a_method_count_alone() -> None:
    make = "nn.scan(Cell, variable_axes={'params': 0}, methods={'__call__': KNOBS})()"
    (_, applied) = runs(make)
    assert applied.collections is not None
    assert applied.collections.axes == ()


def test_a_bound_module_runs_in_its_own_call() -> None:
    text = CELL.replace("model.apply(variables, carry, x)", "model.bind(variables)(carry, x)")
    record = seen(WAYS["class"], text).record
    bound = next(root for root in record.roots if root.kind == "bind")
    assert record.transforms[-1].root == bound.number


def test_a_step_is_made_where_the_lifted_class_is() -> None:
    record = seen(WAYS["class"]).record
    steps = [run for run in record.modules if run.class_name == "Cell"]
    line = CELL.split("\n").index("    model = {make}") + 1
    assert {run.span.line for run in steps if run.span is not None} == {line}
    assert all(run.span is not None for run in steps)


def test_an_input_for_every_step_has_no_axis() -> None:
    make = "nn.scan(Cell, in_axes=nn.broadcast, length=2, **KNOBS)()"
    text = CELL.replace("carry + x", "carry + x.sum(0)")
    (_, applied) = runs(make, text)
    assert applied.knob("in_axes") == Axis(value=None, invalid="nn.broadcast")
    assert applied.knob("length") == Axis(value=2)
