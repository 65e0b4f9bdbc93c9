"""Edits of arguments, statements and names: exactly what is written, and where nothing is."""

from __future__ import annotations

import ast
from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Evidence
from grader.evidence.edits import argument_edits, field_edits, left_out, literal_edits, target_edits
from grader.evidence.edits.statements import (
    around,
    deleted,
    first_of,
    has_own_lines,
    not_overwritten,
    written_before,
)
from grader.evidence.edits.text import inserted, name_of, own_name, replaced, rewritten
from grader.model.edit import Edited
from grader.model.exercise import FlaxClass, Library
from grader.model.observation import Span
from grader.model.source import Source
from tests.judge.made import TASK, evidence, lifted

NET: Final = msgspec.structs.replace(
    TASK, function="Net", flax_class=FlaxClass(library=Library.NNX, fields=("width",))
)
LINEN: Final = msgspec.structs.replace(
    NET, flax_class=FlaxClass(library=Library.LINEN, fields=("width",))
)
VMAP: Final = msgspec.structs.replace(TASK, module="nn.Dense")


def span_of(text: str, part: str) -> Span:
    start = text.index(part)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    upto = text[:start] + part
    return Span(
        line=line,
        column=column,
        end_line=upto.count("\n") + 1,
        end_column=len(upto) - upto.rfind("\n"),
    )


def with_edits(source: Source, edits: Any) -> str | None:
    return Edited(source, tuple(edits)).text if edits else None


def some(text: str, task: Any = TASK) -> Evidence:
    return evidence([], text, task)


GIVEN: Final = {
    "a keyword": ("f(x, a=1)", None, "f(x, a=2)"),
    "a keyword that is missing": ("f(x)", None, "f(x, a=2)"),
    "the only argument": ("f()", None, "f(a=2)"),
    "by position": ("f(x, 1)", 1, "f(x, 2)"),
    "by name where a position would do": ("f(x, a=1)", 1, "f(x, a=2)"),
    "missing where a position would do": ("f(x)", 1, "f(x, a=2)"),
    "behind a star": ("f(*x, 1)", 1, None),
    "before a star": ("f(x, 1, *y)", 1, "f(x, 2, *y)"),
    "among others": ("f(x, **y)", None, None),
    "the same already": ("f(x, a=2)", None, None),
    "on lines of its own": ("f(\n    x,\n    b=1,\n)", None, "f(\n    x,\n    b=1,\n    a=2,\n)"),
    "on one line of its own": ("f(\n    x,\n)", None, "f(\n    x, a=2,\n)"),
}


@pytest.mark.parametrize(("text", "position", "after"), GIVEN.values(), ids=GIVEN)
def test_an_argument_gets_a_value(text: str, position: int | None, after: str | None) -> None:
    found = some(text)
    edits = argument_edits(found, span_of(text, text), "a", "2", position)
    assert with_edits(found.source, edits) == after
    assert argument_edits(found, None, "a", "2") == ()


LEFT_OUT: Final = {
    "the last": ("f(x, a=1)", "f(x)"),
    "the first": ("f(a=1, b=2)", "f(b=2)"),
    "the only one": ("f(a=1)", "f()"),
    "between others": ("f(x, a=1, b=2)", "f(x, b=2)"),
    "another": ("f(x, b=1)", None),
    "by position": ("f(a)", None),
    "behind a comment": ("f(\n    x,  # one\n    a=1,\n)", "f(\n    x,  # one\n    \n)"),
    "behind a comment, without a comma": (
        "f(\n    x,  # one\n    a=1\n)",
        "f(\n    x,  # one\n    \n)",
    ),
    "before a comment": ("f(\n    a=1,  # one\n    b=2,\n)", "f(\n      # one\n    b=2,\n)"),
    "on its own line": ("f(\n    x,\n    a=1,\n)", "f(\n    x,\n)"),
}


@pytest.mark.parametrize(("text", "after"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_an_argument_is_left_out(text: str, after: str | None) -> None:
    found = some(text)
    assert with_edits(found.source, left_out(found, span_of(text, text), "a")) == after
    assert left_out(found, None, "a") == ()


def test_a_literal_is_written_anew() -> None:
    for text, part, after in (
        ("x = 1", "1", "x = 2"),
        ("x = -1", "-1", "x = 2"),
        ("x = (1,)", "(1,)", "x = 2"),
        ("x = [1]", "[1]", "x = 2"),
        ("x = {}", "{}", "x = 2"),
        ("x = y", "y", None),
        ("x = f(1)", "f(1)", None),
        ("x = 2", "2", None),
    ):
        found = some(text)
        assert with_edits(found.source, literal_edits(found, span_of(text, part), "2")) == after


def test_only_the_values_of_a_dict_that_differ_are_written() -> None:
    for text, value, after in (
        ('{"a": 1, "b": 2}', '{"a": 1, "b": 3}', '{"a": 1, "b": 3}'),
        ("{'a': 1,  'b': 2}", '{"a": 1, "b": 3}', "{'a': 1,  'b': 3}"),
        ('{"a": 1}', '{"a": 1, "b": 3}', '{"a": 1, "b": 3}'),
        ("{a: 1}", '{"a": 2}', '{"a": 2}'),
        ("{**a}", '{"a": 2}', '{"a": 2}'),
        ("{}", '{"a": 2}', '{"a": 2}'),
        ("{'a': 1}", '{"b": 2}', '{"b": 2}'),
        ("{'a': 1}", "2", "2"),
        ("x", '{"a": 2}', '{"a": 2}'),
        ("{'a': 1}", '{"a": 1}', None),
    ):
        source = Source("s.py", text)
        node = ast.parse(text, mode="eval").body
        assert with_edits(source, rewritten(source, node, value)) == after
    assert replaced(Source("s.py", "x"), ast.parse("x", mode="eval").body, "x") == ()


def test_an_argument_is_added_behind_the_last_one() -> None:
    for text, after in (
        ("f()", "f(a=2)"),
        ("f(x)", "f(x, a=2)"),
        ("f(b=1, *x)", "f(b=1, *x, a=2)"),
        ("f(x, g(\n    y\n))", "f(x, g(\n    y\n), a=2)"),
    ):
        source = Source("s.py", text)
        call = source.call_at(span_of(text, text))
        assert call is not None
        assert with_edits(source, inserted(source, call, "a=2")) == after


# ------------------------------------------------------------------------------------ statements

DELETED: Final = {
    "a line": ("a = 1\nb = 2\nc = 3\n", "b = 2", "a = 1\nc = 3\n"),
    "several lines": ("a = 1\nb = (\n    2\n)\nc = 3\n", "b = (\n    2\n)", "a = 1\nc = 3\n"),
    "the first of a line": ("a = 1\nb = 2; c = 3\n", "b = 2", "a = 1\nc = 3\n"),
    "the last of a line": ("a = 1\nb = 2; c = 3\n", "c = 3", "a = 1\nb = 2; pass\n"),
    "one before a lone semicolon": ("a = 1\nb = 2;\nc = 3\n", "b = 2", "a = 1\nc = 3\n"),
    "one with a comment": ("a = 1\nb = 2  # two\nc = 3\n", "b = 2", "a = 1\nc = 3\n"),
    "behind a colon": ("if a: b = 2\n", "b = 2", "if a: pass\n"),
}


def statement_at(source: Source, part: str) -> ast.stmt:
    span = span_of(source.text, part)
    return next(e for e in source.nodes if isinstance(e, ast.stmt) and source.span(e) == span)


@pytest.mark.parametrize(("text", "part", "after"), DELETED.values(), ids=DELETED)
def test_a_statement_is_deleted(text: str, part: str, after: str) -> None:
    source = Source("s.py", text)
    assert with_edits(source, deleted(source, statement_at(source, part))) == after


OWN_LINES: Final = {
    "alone": ("a = 1\n", "a = 1", True),
    "with a comment": ("a = 1  # one\n", "a = 1", True),
    "before another": ("a = 1; b = 2\n", "a = 1", False),
    "behind another": ("a = 1; b = 2\n", "b = 2", False),
    "in a block": ("if a:\n    b = 2\n", "b = 2", True),
    "behind a colon": ("if a: b = 2\n", "b = 2", False),
}


@pytest.mark.parametrize(("text", "part", "yes"), OWN_LINES.values(), ids=OWN_LINES)
def test_a_statement_may_have_its_own_lines(text: str, part: str, *, yes: bool) -> None:
    source = Source("s.py", text)
    statement = statement_at(source, part)
    assert has_own_lines(source, statement) is yes
    after = with_edits(source, written_before(source, statement, "z = 0"))
    assert (after is not None) is yes
    indent = " " * (span_of(text, part).column - 1)
    assert not yes or after == text.replace(f"{indent}{part}", f"{indent}z = 0\n{indent}{part}")


def test_a_statement_is_written_before_decorators() -> None:
    source = Source("s.py", "@a\n@b\ndef f():\n    pass\n")
    after = with_edits(source, written_before(source, source.body[0], "z = 0"))
    assert after == f"z = 0\n{source.text}"


def test_the_first_statement_of_a_function() -> None:
    for text, first in (
        ("def f():\n    x = 1", "x = 1"),
        ("def f():\n    'text'\n    x = 1", "x = 1"),
        ("def f():\n    'text'", "'text'"),
        ("def f():\n    g()\n    x = 1", "g()"),
    ):
        function = ast.parse(text).body[0]
        assert isinstance(function, ast.FunctionDef)
        found = first_of(function)
        assert found is not None
        assert ast.unparse(found) == first
    scope = ast.parse("lambda: 1", mode="eval").body
    assert isinstance(scope, ast.Lambda)
    assert first_of(scope) is None


def test_the_innermost_statement_around_a_node() -> None:
    tree = ast.parse("if a:\n    for b in c:\n        d = e\n")
    node = next(each for each in ast.walk(tree) if isinstance(each, ast.Name) and each.id == "e")
    found = around(tree, node)
    assert found is not None
    assert ast.unparse(found) == "d = e"
    assert around(tree, None) is None
    assert around(None, node) is None
    assert around(tree, ast.Name(id="e")) is None


HEAD: Final = "def forward(seed, x, width):\n"
OVERWRITTEN: Final = {
    "a value": ("    x = 1\n    return x\n", "    return x\n"),
    "in place": ("    x += 1\n    return x\n", "    return x\n"),
    "in a condition": (
        "    if x:\n        x = 1\n    else:\n        x = 2\n    return x\n",
        "    return x\n",
    ),
    "nothing": ("    return x\n", ""),
    "with another": ("    x, y = 1, 2\n    return x\n", None),
    "of another": ("    y = 1\n    return x\n", ""),
    "in a condition with another": (
        "    if x:\n        x = 1\n        y = 2\n    return x\n",
        None,
    ),
    "in a loop": ("    for x in y:\n        pass\n    return x\n", None),
    "deleted": ("    del x\n    return 1\n", None),
}


@pytest.mark.parametrize(("body", "after"), OVERWRITTEN.values(), ids=OVERWRITTEN)
def test_an_argument_keeps_its_value(body: str, after: str | None) -> None:
    found = some(HEAD + body)
    edits = not_overwritten(found, ["x"])
    assert (edits is None) is (after is None)
    assert not after or with_edits(found.source, edits) == HEAD + after
    assert not_overwritten(some("forward = lambda seed, x, width: x\n"), ["x"]) is None


# ------------------------------------------------------------------------------------------ names


def test_what_the_text_calls_a_module() -> None:
    for text, name in (
        ("import flax.linen as nn", "nn"),
        ("from flax import linen", "linen"),
        ("import flax", "flax.linen"),
        ("import jax", None),
        ("from flax import nnx", None),
    ):
        assert name_of(Source("s.py", text), "flax.linen") == name


NAMED: Final = {
    "the argument": (f"{HEAD}    return width", TASK, "width"),
    "another name for it": ("def forward(a, b, c):\n    return c", TASK, "c"),
    "by position alone": ("def forward(a, b, c, /):\n    return c", TASK, "c"),
    "in another order": ("def forward(width, seed, x):\n    return width", TASK, "width"),
    "given another value": (f"{HEAD}    width = 1\n    return width", TASK, None),
    "too few": ("def forward(a):\n    return a", TASK, None),
    "no function": ("x = 1", TASK, None),
    "outside": (f"{HEAD}    pass\ny = f(1)", TASK, None),
}


@pytest.mark.parametrize(("text", "task", "name"), NAMED.values(), ids=NAMED)
def test_what_a_function_calls_an_argument(text: str, task: Any, name: str | None) -> None:
    found = some(text, task)
    last = found.source.body[-1]
    at = last.body[-1] if isinstance(last, ast.FunctionDef) else last
    assert own_name(found, at, "width") == name


CLASS: Final = """\
class Net(nnx.Module):
    def __init__(self, width, *, rngs):
        self.a = f(1)
    def __call__(me, x):
        return f(2)
    @staticmethod
    def other():
        return f(3)
class Other:
    def __init__(self, width):
        self.a = f(4)
"""


def test_what_a_method_calls_a_field() -> None:
    for task, names in (
        (NET, ["width", None, None, None]),
        (LINEN, ["self.width", "me.width", None, None]),
    ):
        found = some(CLASS, task)
        calls = [each for each in found.source.nodes if isinstance(each, ast.Call) and each.args]
        calls.sort(key=lambda each: each.lineno)
        assert [own_name(found, each, "width") for each in calls] == names
        edits = [field_edits(found, found.source.span(each), "n", 1, "width") for each in calls]
        assert [bool(each) for each in edits] == [name is not None for name in names]


TARGETS: Final = {
    "another class": (
        "import flax.linen as nn\nnn.vmap(Other, in_axes=0)",
        "nn.vmap(nn.Dense, in_axes=0)",
    ),
    "an attribute": (
        "import flax.linen as nn\nnn.vmap(a.B, in_axes=0)",
        "nn.vmap(nn.Dense, in_axes=0)",
    ),
    "by another name": (
        "import flax.linen as fl\nfl.vmap(Other, in_axes=0)",
        "fl.vmap(fl.Dense, in_axes=0)",
    ),
    "a call": ("import flax.linen as nn\nnn.vmap(f(), in_axes=0)", None),
    "none": ("import flax.linen as nn\nnn.vmap(in_axes=0)", None),
    "without the module": ("nn.vmap(Other, in_axes=0)", None),
}


@pytest.mark.parametrize(("text", "after"), TARGETS.values(), ids=TARGETS)
def test_the_tasks_own_class_is_lifted(text: str, after: str | None) -> None:
    found = some(text, VMAP)
    call = lifted(0, span=span_of(text, text.splitlines()[-1]))
    written = with_edits(found.source, target_edits(found, call))
    assert (written.splitlines()[-1] if written else None) == after
    own = msgspec.structs.replace(TASK, module="Layer")
    assert not target_edits(some(text, own), call)
