"""Which `return` a case gets to, where that depends on its sizes alone."""

from __future__ import annotations

import ast
from typing import Final

import pytest

from grader.catalogue import exercises
from grader.evidence.sizes import reached
from grader.model.source import Source

EXERCISE: Final = next(
    each.exercise for each in exercises() if each.exercise.slug == "nn-vmap-shared"
)
SIZES: Final = {"batch": 9, "in_dim": 5, "features": 4}
REACHED: Final = {
    "the only one": "return 1",
    "a true test": "if len(x) == 9: return 1\n    return 2",
    "a false test": "if len(x) == 8: return 2\n    return 1",
    "one in the other": "if len(x) == 9:\n        if n == 4: return 1\n    return 2",
    "an else": "if len(x) == 8: return 2\n    else: return 1",
    "an elif": "if len(x) == 8: return 2\n    elif n == 4: return 1\n    return 3",
    "after two": "if len(x) == 8: return 2\n    if n == 3: return 3\n    return 1",
    "after an exception": "if len(x) == 8: raise ValueError\n    if n == 4: return 1\n    return 2",
    "after an else that ends": (
        "if len(x) == 9: pass\n    else: return 2\n    if n == 4: return 1\n    return 3"
    ),
    "a false test around an unknown one": (
        "if len(x) == 8:\n        if x.any(): return 2\n    return 1"
    ),
    "in a with": "with open('a'):\n        if n == 4: return 1\n    return 2",
    "a pattern": "match x.shape:\n        case (9, 5): return 1\n        case _: return 2",
    "no pattern": "match x.shape:\n        case (9, 4): return 2\n        case _: return 1",
    "a guard": (
        "match n:\n        case 4 if len(x) == 8: return 2\n        case 4: return 1\n    return 3"
    ),
    "one of several patterns": "match n:\n        case 3 | 4: return 1\n    return 2",
    "a name in a pattern": (
        "match len(x), n:\n        case b, 4 if b == 9: return 1\n    return 2"
    ),
    "patterns of another length": (
        "match x.shape:\n        case (9,): return 2\n        case (9, _): return 1\n    return 3"
    ),
    "beside an inner function": (
        "def f(y):\n        return 2\n    if n == 4: return 1\n    return 3"
    ),
    "beside a loop that doesn't get there": (
        "for _ in x:\n        if n == 3: return 2\n    return 1 if n == 4 else 3"
    ),
}
UNKNOWN: Final = {
    "values": "if x.any(): return 1\n    return 2",
    "a seed": "if seed == 3: return 1\n    return 2",
    "a loop": "for _ in x:\n        if n == 4: return 1\n    return 2",
    "a try": "try:\n        return 1\n    except ValueError:\n        return 2",
    "a rest in a pattern": "match x.shape:\n        case (9, *rest): return 1\n    return 2",
    "a class in a pattern": "match n:\n        case int(): return 1\n    return 2",
    "an argument with another value": "x = x[:3]\n    if len(x) == 9: return 1\n    return 2",
    "a name with two values": "b = 3\n    if n: b = 4\n    if b == 3: return 1\n    return 2",
    "none of them": "if n == 3: return 1",
    "too many": "".join(f"if n == {k}: return 2\n    " for k in range(5, 40)) + "return 1",
}


def found(body: str) -> ast.Return | None:
    source = Source("mine.py", f"def nn_vmap_forward(seed, x, n):\n    {body}\n")
    assert source.tree is not None
    return reached(EXERCISE, source, SIZES)


@pytest.mark.parametrize("body", REACHED.values(), ids=REACHED)
def test_the_return_that_a_case_gets_to_is_found(body: str) -> None:
    node = found(body)
    assert node is not None
    assert node.value is not None
    assert ast.unparse(node.value).startswith("1")


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
def test_none_is_found_where_more_than_sizes_decides(body: str) -> None:
    assert found(body) is None
