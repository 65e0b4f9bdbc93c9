"""Which texts may do something else for some of the numbers that a task allows."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.evidence.by_number import decides_by_a_number
from grader.model.source import Source

DECAY = next(each.exercise for each in exercises() if each.slug == "lax-scan-decay")
RATE = next(each.exercise for each in exercises() if each.slug == "jax-grad-step")
NONE = next(each.exercise for each in exercises() if each.slug == "nn-vmap-shared")

DECIDING = {
    "a comparison": "return x if decay > 0.3 else y",
    "its text": "return x * (str(decay)[2] == '1')",
    "a formatted text": "return table[f'{decay:.1f}']",
    "a remainder": "return x * (decay % 0.2)",
    "whole tenths": "return x * (decay * 10 // 1)",
    "rounding": "return x * round(decay, 1)",
    "the larger one": "return x * max(decay, 0.1)",
    "jnp's choice": "return x * jnp.where(decay, 0.1, 0.2)",
    "math": "return x * math.floor(decay)",
    "a key": "return x * TABLE.get(3, TABLE[decay])",
    "another name": "d = decay * 10\nreturn x if d > 3 else y",
    "a name in a loop": "for d in (decay, 0.3):\n    x = x if d > 3 else y\nreturn x",
    "a walrus": "return x * (d := decay) if d else x",
    "an inner function": "def step(t, r):\n    return (t if decay else r), r\nreturn scan(step)",
    "a function's argument": "def g(d):\n    return d > 0.3\nreturn x * g(decay)",
    "a method's argument": (
        "class C:\n    def f(self, d):\n        return d > 0.3\nreturn C().f(decay)"
    ),
    "an object that is called": (
        "class C:\n    def __call__(self, d):\n        return d > 0.3\nc = C()\nreturn c(decay)"
    ),
    "a module's argument": (
        "class C:\n    def __call__(self, d):\n        return d > 0.3\nreturn C().apply({}, decay)"
    ),
    "a lambda's argument": "g = lambda d: d > 0.3\nreturn x * g(decay)",
    "a lambda that is called": "return x * (lambda d: d > 0.3)(decay)",
    "a function that is handed on": "def g(d):\n    return d > 0.3\nreturn map(g, [decay])",
    "a function that is wrapped": "def g(d):\n    return d > 0.3\nreturn jax.jit(g)(decay)",
    "a function in a list": "def g(d):\n    return d > 0.3\nreturn [g][0](decay)",
    "a carry": (
        "def step(c, r):\n    return (c[0] if c[1] > 0.3 else r, c[1]), r\n"
        "return scan(step, (x, decay), x)"
    ),
    "a table with another answer": "return x * TABLE.get(decay, 0.3)",
    "a place in a list": "return x * [0.0, 0.3].index(decay)",
    "a whole number": "return x * decay.is_integer()",
    "an operator's name": "return x * operator.gt(decay, 0.3)",
    "a function without one": "def g():\n    return decay * 2\nreturn x if g() > 1 else y",
    "an attribute": "self.d = decay\nreturn x if self.d > 1 else y",
    "a field": "class C:\n    d: float\n    def f(s):\n        return s.d > 1\nreturn C(decay)",
    "a named argument": "class C(D):\n    def f(s):\n        return s.d > 1\nreturn C(d=decay)",
    "a match": "match decay:\n    case 0.3:\n        return y\nreturn x",
    "a loop": "while decay:\n    x = x + 1\nreturn x",
    "an and": "return decay and x",
    "a not": "return x * (not decay)",
    "a type of few digits": "return x * jnp.asarray(decay, jnp.float16)",
    "a type of few digits by its name": "return x * jnp.asarray(decay).astype('bfloat16')",
    "a type by its letter": "return x * float(np.asarray(decay, dtype='e'))",
    "a function that is such a type": "return x * np.float16(decay)",
    "an array of such a type": "one = jnp.ones((), jnp.float16)\nreturn x * (one * decay)",
    "such a type under another name": "half = jnp.float16\nreturn x * jnp.asarray(decay, half)",
    "such a type imported": "from jax.numpy import bfloat16 as b\nreturn x * b(decay)",
    "a type of whole numbers": "return x * jnp.asarray(decay * 8, dtype=int)",
    "fewer digits": "return x * jax.lax.reduce_precision(decay, 8, 7)",
    "a fraction": "return x * float(Fraction(decay).limit_denominator(8))",
}
CALCULATING = {
    "a product": "return decay * x",
    "a step": "def step(t, r):\n    return decay * t + r, t\nreturn scan(step, x)",
    "another name": "d = float(decay)\nreturn d * x",
    "an array": "d = jnp.asarray(decay, x.dtype)\nreturn d * x",
    "a comparison of something else": "if x.ndim != 2:\n    raise ValueError\nreturn decay * x",
    "an array of another type": "d = jnp.asarray(decay, dtype=jnp.float32)\nreturn d * x",
    "a power": "return x * decay ** jnp.arange(3)",
    "an index of something else": "return decay * x[0]",
}


def source(body: str, arguments: str = "x, decay") -> Source:
    text = body.replace("\n", "\n    ")
    return Source("mine.py", f"def decayed_sums({arguments}):\n    {text}\n")


@pytest.mark.parametrize("body", DECIDING.values(), ids=DECIDING.keys())
def test_what_a_number_may_decide_is_seen(body: str) -> None:
    assert decides_by_a_number(source(body), DECAY)


@pytest.mark.parametrize("body", CALCULATING.values(), ids=CALCULATING.keys())
def test_what_only_calculates_decides_nothing(body: str) -> None:
    assert not decides_by_a_number(source(body), DECAY)


def test_an_argument_may_have_another_name() -> None:
    assert decides_by_a_number(source("return x if d > 1 else y", "x, d"), DECAY)
    assert decides_by_a_number(source("return x if a[1] > 1 else y", "*a"), DECAY)
    assert not decides_by_a_number(source("return d * x", "x, d"), DECAY)


def test_an_argument_may_be_passed_by_name_only() -> None:
    text = "def sgd_step(params, x, y, *, rate):\n    return x if rate > 1 else y\n"
    assert decides_by_a_number(Source("mine.py", text), RATE)


def test_without_a_function_nothing_is_known() -> None:
    assert decides_by_a_number(Source("mine.py", "decayed_sums = other(3)"), DECAY)


def test_a_task_without_numbers_has_none_that_decide() -> None:
    text = "def nn_vmap_forward(seed, x, n):\n    return x if n > 1 else 2\n"
    assert not decides_by_a_number(Source("mine.py", text), NONE)


def test_few_solutions_decide_by_a_number() -> None:
    for each in exercises():
        solution = Source("solution.py", each.solution.read_text(encoding="utf-8"))
        assert not decides_by_a_number(solution, each.exercise)
