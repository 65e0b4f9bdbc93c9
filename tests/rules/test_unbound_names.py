"""Names that would raise next: only those that nothing in the file can bind."""

from __future__ import annotations

import pytest

from grader.evidence.landmarks import Landmarks
from grader.evidence.unbound_names import unbound_after
from grader.model.source import Source


def unbound(text: str, line: int = 2) -> list[str]:
    source = Source("a.py", text)
    return [node.id for node in unbound_after(source, Landmarks(source, "f").entry, line)]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("return z", ["z"]),
        ("z = w\n    return z + w", ["w"]),
        ("return jnp.sum(x), jpn.sum(x)", ["jnp", "jpn"]),
        ("print(x)\n    return [i for i in x]", []),
        ("return x if x else z", []),
        ("return x or z", []),
        ("g = lambda: z\n    return x", []),
        ("if x:\n        z\n    return x", []),
        ("global z\n    return z", []),
        ("import os.path\n    return os", []),
        ("from os import *\n    return path", []),
        ("exec('z = 1', globals())\n    return z", []),
        ("match x:\n        case [*z]: pass\n    return z", []),
        ("try: pass\n    except E as z: pass\n    return z", []),
        ("return __file__", []),
    ],
)
def test_only_names_that_certainly_have_no_value_are_named(body: str, names: list[str]) -> None:
    assert unbound(f"def f(x):\n    x = g(x)\n    {body}\n") == names


def test_names_before_the_line_are_not_named() -> None:
    assert unbound("def f(x):\n    y = z\n    return y\n") == []


def test_without_a_function_nothing_is_named() -> None:
    assert unbound("f = lambda x: z\n", 0) == []
    assert unbound("x = z\n", 0) == []
