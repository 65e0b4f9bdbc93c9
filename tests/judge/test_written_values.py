"""The value of an expression is Python's where the text alone settles it, and unknown elsewhere."""

from __future__ import annotations

import ast

import pytest

from grader.evidence.origins.follow import Origins
from grader.evidence.origins.values import UNKNOWN, value_of
from grader.model.source import Source

BEFORE = """\
n = 3
axes = (0, 1)
both = [0, None]
given = {"a": 1, 2: True}
again = 1
again = 2
if given:
    maybe = 1
else:
    maybe = 2
"""
KNOWN = (
    *("0", "None", "True", "'params'", "2.5", "-1", "-2.5", "not True", "not False", "- -1"),
    *("n", "-n", "n + 1", "n - 1", "n + n - 1", "axes + (2,)", "axes + axes", "()", "[]"),
    *("(1, None)", "[1, (2, 3)]", "{'a': 0}", "{1: 'a', 'b': {'c': None}}", "{}"),
    *("dict(a=1, b=(2,))", "dict()", "tuple([1, 2])", "list((1, 2))", "tuple(axes)", "list(axes)"),
    *("tuple(both)", "list(both)", "axes", "both", "given", "given['a']", "axes[0]", "[n, -n]"),
)
OTHERS = (
    *("m", "m.n", "f(1)", "1 + x", "x - 1", "'a' + 'b'", "1.5 + 1", "n * 2", "[1] + [2]", "2 ** n"),
    *("(1, x)", "[x]", "{'a': x}", "{x: 1}", "{**given}", "{None: 1}", "{(1, 2): 3}", "~1", "+x"),
    *(
        "not 1",
        "not x",
        "-'a'",
        "-axes",
        "dict(x, a=1)",
        "dict(**given)",
        "tuple(x)",
        "tuple('ab')",
    ),
    *(
        "list(1)",
        "set((1,))",
        "tuple((1,), 2)",
        "tuple()",
        "m.tuple((1,))",
        "axes - axes",
        "1 - ()",
    ),
    *("lambda: 1", "n if n else 1", "f'{n}'", "(1 for _ in axes)", "given['b']", "maybe", "n == 3"),
)


def read(text: str) -> object:
    source = Source("s.py", f"{BEFORE}{text}\n")
    tree = source.tree
    assert tree is not None
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    return value_of(Origins(tree), last.value)


@pytest.mark.parametrize("text", KNOWN)
def test_a_value_that_is_known_is_pythons(text: str) -> None:
    names: dict[str, object] = {}
    exec(BEFORE, names)
    assert repr(read(text)) == repr(eval(text, names))


@pytest.mark.parametrize("text", OTHERS)
def test_any_other_is_unknown(text: str) -> None:
    assert read(text) is UNKNOWN
