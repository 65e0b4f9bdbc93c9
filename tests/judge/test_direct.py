"""Which texts show that a function returns what a call gives."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grader.evidence.direct import gives_directly, returns_directly
from grader.model.observation import Span
from grader.model.source import Source

DIRECT = {
    "the call": "return m.apply(v, x)",
    "flattened": "return m.apply(v, x).reshape(-1)",
    "flattened twice": "return jnp.ravel(m.apply(v, x).reshape(3, -1))",
    "by a name": "y = m.apply(v, x)\nprint(y)\nreturn y.ravel()",
    "flattened first": "y = m.apply(v, x).flatten()\nreturn y",
    "beside updates": "y, updates = m.apply(v, x)\nreturn y, updates['s']",
    "beside entries of updates": "y, new = m.apply(v, x)\ns = new['s']['n']\nreturn y, s['mean']",
    "waited for": "y = jax.block_until_ready(m.apply(v, x))\nreturn y.block_until_ready().ravel()",
    "as an array": "return jnp.asarray(m.apply(v, x))",
    "flattened if asked": "y = m.apply(v, x)\nz = y.ravel() if v else y\nreturn z",
    "flattened in one of two branches": "y = m.apply(v, x)\nreturn y if v else jnp.ravel(y)",
    "by another name": "y = m.apply(v, x)\nz = y\nreturn z",
    "every part by name": "carry, y = m.apply(v, x)\nreturn carry, y",
}
INDIRECT = {
    "another value": "z = m.apply(v, x)\nreturn x @ v",
    "times zero": "return x @ v + 0 * m.apply(v, x)",
    "a method of its own": "return m.apply(v, x).shape",
    "inside of another call": "return f(m.apply(v, x))",
    "beside a value by hand": "carry, y = m.apply(v, x)\nreturn carry, carry @ v",
    "beside a value of its own name": "y, z = m.apply(v, x)\nz = x @ v\nreturn y, z",
    "a part of an array": "y = m.apply(v, x)\nreturn y[0]",
    "an entry of itself": "y = m.apply(v, x)\nz = z['s']\nreturn y, z",
    "another value if asked": "y = m.apply(v, x)\nz = y if v else x\nreturn z",
    "bound again": "y = m.apply(v, x)\ny = x @ v\nreturn y",
    "bound in a loop": "y = m.apply(v, x)\nfor y in v:\n    pass\nreturn y",
    "changed in place": "y = m.apply(v, x)\ny += 1\nreturn y",
    "bound by a walrus": "y = m.apply(v, x)\nprint(y := v)\nreturn y",
    "bound by a pattern": "y = m.apply(v, x)\nmatch v:\n    case y:\n        pass\nreturn y",
    "a return before": "if x.sum():\n    return x @ v\nreturn m.apply(v, x)",
    "not the last statement": "if x.sum():\n    return m.apply(v, x)",
    "the second part": "v, y = m.apply(v, x)\nreturn y",
    "a branch": "return m.apply(v, x) if x.sum() else v",
    "a part of another tuple": "y, z = v, m.apply(v, x)\nreturn y",
    "a part of another call": "y, z = g(v)\nm.apply(v, x)\nreturn y",
    "a part that has another name": "y, z = m.apply(v, x)\nreturn v",
    "an item by number": "y = m.apply(v, x)\nz = y[0]\nreturn z",
    "yielded": "yield m.apply(v, x)\nreturn m.apply(v, x)",
    "a global": "global y\ny = m.apply(v, x)\nreturn y",
}


def program(body: str, before: str = "") -> Source:
    lines = "".join(f"    {line}\n" for line in dedent(body).splitlines())
    return Source("f.py", f"{before}def f(v, x, m):\n{lines}")


def span_of(source: Source, call: str) -> Span:
    line = next(n for n, line in enumerate(source.lines, 1) if call in line)
    start = source.lines[line - 1].index(call) + 1
    span = Span(line=line, column=start, end_line=line, end_column=start + len(call))
    assert source.call_at(span) is not None
    return span


def directly(body: str, before: str = "") -> bool:
    source = program(body, before)
    return returns_directly(source, "f", span_of(source, "m.apply(v, x)"))


@pytest.mark.parametrize("body", DIRECT.values(), ids=DIRECT.keys())
def test_direct_returns_are_recognised(body: str) -> None:
    assert directly(body)


@pytest.mark.parametrize("body", INDIRECT.values(), ids=INDIRECT.keys())
def test_anything_else_is_left_open(body: str) -> None:
    assert not directly(body)


@pytest.mark.parametrize(
    "before", ["@jit\n", "f = 1\n\n\n", "import f\n\n\n", "def f(x):\n    pass\n\n\n"]
)
def test_a_function_that_may_be_another_one_is_left_open(before: str) -> None:
    assert not directly("return m.apply(v, x)", before)


GIVEN = {
    "a loop": "return go(f, x)",
    "a loop's sum": "carry, ys = go(f, x)\nreturn carry, ys",
    "what it returns, called": "return go(f, x)(v)",
    "flattened": "return go(f, x)(v).reshape(-1)",
    "by a name": "mapped = go(f, x)\nreturn mapped(v)",
    "by two names": "mapped = go(f, x)\ny = mapped(v)\nreturn y.ravel()",
    "beside an attribute": "x.y = go\nreturn go(f, x)(v)",
}
NOT_GIVEN = {
    "another value": "z = go(f, x)\nreturn v",
    "called, and another value": "go(f, x)(v)\nreturn v",
    "called twice": "mapped = go(f, x)\nz = mapped(x)\nreturn mapped(v)",
    "the function itself, called too": "mapped = go(f, x)\nmapped(v)\nreturn mapped",
    "an attribute": "x.mapped = go(f, x)\nreturn x.mapped(v)",
    "a name bound twice": "mapped = go(f, x)\nmapped = x\nreturn mapped(v)",
    "another name": "other = x\nmapped = go(f, x)\nreturn other(v)",
    "one of two returns": "if v:\n    return x\nreturn go(f, x)(v)",
}


def gives(body: str, before: str = "") -> bool:
    source = program(body, before)
    return gives_directly(source, "f", span_of(source, "go(f, x)"))


@pytest.mark.parametrize("body", GIVEN.values(), ids=GIVEN.keys())
def test_what_a_transform_computes_is_recognised(body: str) -> None:
    assert gives(body)


@pytest.mark.parametrize("body", NOT_GIVEN.values(), ids=NOT_GIVEN.keys())
def test_anything_else_that_a_transform_computes_is_left_open(body: str) -> None:
    assert not gives(body)


def test_without_a_definition_or_a_call_nothing_follows() -> None:
    assert not gives("return go(f, x)", "f = 1\n\n\n")
    source = program("return go(f, x)")
    elsewhere = Span(line=1, column=1, end_line=1, end_column=2)
    for span in (None, elsewhere):
        assert not gives_directly(source, "f", span)
        assert not returns_directly(source, "f", span)
    broken = Source("f.py", "def f(:")
    assert not gives_directly(broken, "f", elsewhere)
