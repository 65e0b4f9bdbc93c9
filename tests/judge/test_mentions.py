"""What a function of a file uses, and what it uses of what others change and keep."""

from __future__ import annotations

import pytest

from grader.evidence.mentions import kept_by, mentioned
from grader.model.source import Source


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("def step(x): return loss(x)", True),
        ("def step(x): return jax.grad(loss)(x)", True),
        ("def step(x): return inner(x)\ndef inner(x): return loss(x)", True),
        ("step = lambda x: loss(x)", True),
        ("def step(x):\n    def inner(y): return loss(y)\n    return inner(x)", True),
        ("step = jax.jit(other)\ndef other(x): return loss(x)", True),
        ("def step(x, loss): return loss(x)", False),
        ("def step(x):\n    loss = x + 1\n    return loss", False),
        ("def step(x): return x.loss", False),
        ("def step(x): return x['loss']", False),
        ("def step(x): return x\ndef other(x): return loss(x)", False),
    ],
)
def test_what_a_function_uses(text: str, uses: bool) -> None:
    source = Source("a.py", f"import jax\ndef loss(x): return x\n{text}\n")
    assert ("loss" in mentioned(source, "step")) == uses


@pytest.mark.parametrize(
    ("init", "apply", "line"),
    [
        ("SEEN.append(x)", "return SEEN[0]", 7),
        ("SEEN[0] = x", "return SEEN", 7),
        ("global COUNT; COUNT = x", "return x + COUNT", 7),
        ("SEEN.append(x)", "return helper(x)", 9),
        ("SEEN.append(x)", "SEEN = x\n    return SEEN", None),
        ("SEEN.append(x)", "return x + COUNT", None),
        ("return SEEN[0]", "return SEEN[0]", None),
        ("COUNT = x", "return x + COUNT", None),
        ("return x", "SEEN.append(x)", None),
    ],
)
def test_where_a_function_uses_what_another_keeps(init: str, apply: str, line: int | None) -> None:
    text = f"""\
SEEN = []
COUNT = 0
def init(x):
    {init}
def apply(x):
    y = 1
    {apply}
def helper(x):
    return SEEN[-1]
"""
    span = kept_by(Source("a.py", text), "apply", ("init",))
    assert (None if span is None else span.line) == line
