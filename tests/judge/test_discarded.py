"""Whether a call's result is thrown away is only said where the text leaves no doubt."""

from __future__ import annotations

import ast

import pytest

from grader.evidence.discarded import discarded
from grader.model.source import Source

UNUSED = {
    "a statement": "apply()\n    return z",
    "an assignment": "y = apply()\n    return z",
    "a tuple": "y, _ = apply()\n    return z",
    "printed": "y = apply()\n    print(y)\n    return z",
    "asserted": "y = apply()\n    assert (y == z).all()\n    return z",
    "its shape": "y = apply()\n    return z.reshape(y.shape)",
    "overwritten": "y = apply()\n    y = z\n    return y",
    "overwritten after a statement": "y = apply()\n    print(z)\n    y = z\n    return y",
    "printed at once": "print(apply())\n    return z",
    "its shape printed at once": "print('lifted', apply().shape)\n    return z",
    "its shape kept": "shape = apply().shape\n    return z.reshape(shape)",
    "asserted at once": "assert jnp.allclose(apply(), z)\n    return z",
    "printed by jax": "y = apply()\n    jax.debug.print('{}', y)\n    return z",
    "compared by NumPy's tests": "y = apply()\n    np.testing.assert_allclose(y, z)\n    return z",
    "compared to raise": "y = apply()\n    if (y != z).any():\n        raise E\n    return z",
    "waited for": "y = apply()\n    y.block_until_ready()\n    return z",
    "flattened and compared": "y = apply().reshape(-1)\n    assert (y == z).all()\n    return z",
    "with a type": "y: Array = apply()\n    return z",
    "a difference": "d = jnp.abs(apply() - z).max()\n    print(d)\n    return z",
}
USED = {
    "given to a function": "y = apply()\n    keep(y)\n    return z",
    "given to a function at once": "keep(apply())\n    return z",
    "returned": "return apply()",
    "returned by name": "y = apply()\n    return y",
    "one of two": "y, state = apply()\n    return z, state",
    "read after another is assigned": "y = apply()\n    w = z\n    return y",
    "its part kept in a list": "ys[0], n = apply()\n    return n",
    "its method": "y = apply()\n    return y.reshape(-1)",
    "its attribute": "y = apply()\n    return y.T",
    "kept in a list": "ys = []\n    ys.append(apply())\n    return ys[0]",
    "kept in a dict": "ys = {}\n    ys[0] = apply()\n    return ys[0]",
    "kept on an object": "z.y = apply()\n    return z.y",
    "made anew of itself": "y = apply()\n    y = y + 0\n    return y",
    "read by another function": "y = apply()\n    return (lambda: y)()",
    "overwritten in one branch": "y = apply()\n    if z:\n        y = z\n    return y",
    "added up": "y = 0\n    y += apply()\n    return y",
    "a condition": "y = apply()\n    return 1 if y else 0",
    "its item's shape": "y = apply()\n    return f(y).shape",
    "flattened": "y = apply().reshape(-1)\n    return y",
    "named while it is printed": "print(y := apply())\n    return y",
    "named while a name is printed": "y = apply()\n    print(w := y)\n    return w",
    "named in an assertion": "assert (y := apply()) is not None\n    return y",
    "kept in a class": "class Kept:\n        y = apply()\n    return Kept.y",
    "read by its name": "y = apply()\n    return locals()['y']",
    "copied": "np.copyto(z, apply())\n    return z",
    "copied by a function": "_ = copy(z, apply())\n    return z",
    "kept while it is printed": "print(ys.append(apply()))\n    return ys[0]",
    "raised or returned": "y = apply()\n    if z:\n        raise ValueError\n    return y",
    "chosen": "y = apply()\n    if y.any():\n        return z\n    return y",
}


def is_discarded(body: str) -> bool:
    source = Source("program.py", f"def forward(z):\n    {body}\n")
    assert source.tree is not None
    calls = [n for n in ast.walk(source.tree) if isinstance(n, ast.Call)]
    (call,) = [each for each in calls if ast.unparse(each) == "apply()"]
    return discarded(source, source.span(call))


@pytest.mark.parametrize("body", UNUSED.values(), ids=UNUSED)
def test_an_unread_result_is_discarded(body: str) -> None:
    assert is_discarded(body)


@pytest.mark.parametrize("body", USED.values(), ids=USED)
def test_a_result_that_may_be_read_is_not_discarded(body: str) -> None:
    assert not is_discarded(body)


def test_a_call_outside_the_text_is_not_discarded() -> None:
    assert not discarded(Source("program.py", "x = 1\n"), None)
