"""Edits of what a function returns: what is written, and where nothing is."""

from __future__ import annotations

import ast
from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Evidence, Look
from grader.evidence.edits import (
    answer_edits,
    called_too,
    flattened,
    missing_return,
    not_async,
    reordered,
    unjitted,
    unturned,
)
from grader.evidence.edits.updates import update_edits
from grader.evidence.edits.values import assigned, called_once, flat, given_to
from grader.model.edit import Edited
from grader.model.observation import Span
from grader.model.source import Source
from tests.judge.made import (
    TASK,
    did,
    evidence,
    lifted,
    look,
    module,
    numbers,
    of,
    root,
    typed,
    variable,
)

HEAD: Final = "def forward(seed, x, width):\n"
SEEN: Final = look(did(numbers(1, 2, 3)), did(numbers(1, 2, 4)))
"""A case of width 4."""
FLAT: Final = msgspec.structs.replace(TASK, output=("batch", "width"))


def some(body: str, head: str = HEAD, looks: tuple[Look, ...] = (), task: Any = TASK) -> Evidence:
    text = head + "".join(f"    {line}\n" for line in body.splitlines())
    return evidence(looks, text, task)


def after(found: Evidence, edits: Any, head: str = HEAD) -> str | None:
    """Return the body after the edits, None without any."""
    if not edits:
        return None
    lines = Edited(found.source, tuple(edits)).text.removeprefix(head).splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines)


TURNED: Final = {
    "an attribute": ("return y.T", "return y"),
    "another attribute": ("return y.mT", "return y"),
    "a method": ("return y.swapaxes(0, 1)", "return y"),
    "a function": ("return jnp.transpose(y, (1, 0))", "return y"),
    "a function of nothing": ("return jnp.transpose()", None),
    "two of them": ("return y.T + z.T", None),
    "an array's name": ("return y.shape", None),
    "another method": ("return y.sum()", None),
    "none": ("return y", None),
    "in between": ("z = (2 * y).T\nreturn z", "z = 2 * y\nreturn z"),
}


@pytest.mark.parametrize(("body", "text"), TURNED.values(), ids=TURNED)
def test_the_only_transposition_is_left_out(body: str, text: str | None) -> None:
    found = some(body)
    assert after(found, unturned(found)) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("y", "y.reshape(-1)"),
        ("f(y)", "f(y).reshape(-1)"),
        ("y.a", "y.a.reshape(-1)"),
        ("y[0]", "y[0].reshape(-1)"),
        ("y + z", "(y + z).reshape(-1)"),
        ("-y", "(-y).reshape(-1)"),
    ],
)
def test_what_is_returned_is_flattened(given: str, text: str) -> None:
    for body in (
        "return {}",
        "if width == 3:\n    return 1\nreturn {}",
        "if width == 4:\n    return {}\nreturn 1",
    ):
        found = some(body.format(given))
        assert after(found, flattened(found, SEEN)) == body.format(text)
    for body in ("pass", f"if x:\n    return 1\nreturn {given}"):
        assert not flattened(some(body), SEEN)


CALLED: Final = {
    "a method": ("return y.f", "return y.f()"),
    "a name": ("return y", "return y()"),
    "a function of its own": (
        "def g():\n    return 1\nreturn g",
        "def g():\n    return 1\nreturn g()",
    ),
    "a function with arguments": ("def g(a):\n    return a\nreturn g", None),
    "another function with arguments": (
        "def h(a):\n    return a\nreturn g",
        "def h(a):\n    return a\nreturn g()",
    ),
    "a method beside one": (
        "def g(a):\n    return a\nreturn z.g",
        "def g(a):\n    return a\nreturn z.g()",
    ),
    "a call": ("return f()", None),
    "nothing": ("pass", None),
    "two": ("if x:\n    return y\nreturn z", None),
    "two, and the case tells which": (
        "if width == 3:\n    return y\nreturn z",
        "if width == 3:\n    return y\nreturn z()",
    ),
}


@pytest.mark.parametrize(("body", "text"), CALLED.values(), ids=CALLED)
def test_a_function_that_is_returned_is_called(body: str, text: str | None) -> None:
    found = some(body)
    assert after(found, called_too(found, SEEN)) == text


def test_a_function_is_no_coroutine() -> None:
    found = some("return x", f"async  {HEAD}")
    assert Edited(found.source, not_async(found)).text.startswith(HEAD)
    assert not not_async(some("return x"))


def test_a_class_is_lifted_without_jit() -> None:
    for text, inner in (
        ("nn.jit(Layer)", "Layer"),
        ("nn.jit(Layer)(4)", "Layer(4)"),
        ("nn.jit(Layer, methods=f)", None),
        ("nn.jit(Layer, 1)", None),
        ("nn.vmap(Layer)", None),
        ("Layer", None),
    ):
        source = Source("s.py", f"{text}\n")
        span = Span(line=1, column=1, end_line=1, end_column=len(text) + 1)
        edits = unjitted(source, span)
        assert (Edited(source, edits).text.strip() if edits else None) == inner


def test_what_an_expression_flattens() -> None:
    for text, inner in (
        ("y.ravel()", "y"),
        ("y.flatten()", "y"),
        ("y.reshape(-1)", "y"),
        ("y.reshape((-1,))", "y"),
        ("jnp.ravel(y)", "y"),
        ("jnp.reshape(y, -1)", "y"),
        ("jnp.reshape(y, (-1,))", "y"),
        ("y.reshape(3)", None),
        ("y.reshape(-1, 1)", None),
        ("y.reshape((-1, 1))", None),
        ("jnp.reshape(y, 3)", None),
        ("y.sum()", None),
        ("ravel(y)", None),
        ("y.ravel(order='F')", None),
        ("y", None),
        ("y.reshape(3, 2, 1)", None),
    ):
        node = flat(ast.parse(text, mode="eval").body)
        assert (ast.unparse(node) if node is not None else None) == inner


# ------------------------------------------------------------------------ what Flax gave

APPLY: Final = "m.apply(v, x)"


def span_of(text: str, part: str) -> Span:
    start = text.index(part)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Span(line=line, column=column, end_line=line, end_column=column + len(part))


def played(
    body: str, *, call: str = APPLY, changes: bool = False, head: str = HEAD, writes: bool = False
) -> tuple[Evidence, Look]:
    """Return the evidence of a body whose call of Flax gave three numbers."""
    text = head + "".join(f"    {line}\n" for line in body.splitlines())
    gave = numbers(1, 2, 3)
    run = module(digest=of(gave), outputs=(typed(3),), lifted=0)
    stats = (variable("stats/mean", 3, digest=of(gave)),) if writes else ()
    entry = root(0, span=span_of(text, call), given=stats, made=stats)
    wanted = (gave, gave) if writes else (gave, gave, gave) if changes else gave
    seen: Any = {"roots": (entry,), "modules": (run,), "lifted": (lifted(0),)}
    one = look(did(wanted, **seen), did(numbers(9, 9, 9), **seen))
    return evidence([one], text), one


def test_a_call_of_flax_stands_in_the_function_and_in_no_loop() -> None:
    for body, yes in (
        (f"y = {APPLY}", True),
        (f"for a in x:\n    y = {APPLY}", False),
        (f"y = [{APPLY} for a in x]", False),
        (f"while x:\n    y = {APPLY}", False),
        (f"if x:\n    y = {APPLY}", True),
    ):
        found, one = played(body)
        assert (called_once(found, one.actual.answer) is not None) is yes
    outside, one = played("return x", head=f"y = {APPLY}\n{HEAD}")
    assert called_once(outside, one.actual.answer) is None
    assert called_once(outside, None) is None


ASSIGNED: Final = {
    "a name": (f"y = {APPLY}", "", "y"),
    "a name that is flattened": (f"y = {APPLY}", ".ravel()", "y.ravel()"),
    "a flattened name": (f"y = {APPLY}.ravel()", ".ravel()", "y"),
    "a flattened name where none is wanted": (f"y = {APPLY}.ravel()", "", None),
    "a name of two values": (f"y = {APPLY}\ny = 2 * y", "", None),
    "two names": (f"y, z = {APPLY}", "", "y, z"),
    "two names that are flattened": (f"y, z = {APPLY}", ".ravel()", None),
    "one name and none": (f"y, _ = {APPLY}", "", None),
    "one of two values": (f"y, z = {APPLY}\nz = 1", "", None),
    "an item": (f"y, z[0] = {APPLY}", "", None),
    "a loop's name": (f"y = {APPLY}\nfor y in x:\n    pass", "", None),
    "no name": (f"return {APPLY}", "", None),
}


@pytest.mark.parametrize(("body", "rest", "name"), ASSIGNED.values(), ids=ASSIGNED)
def test_what_the_text_calls_a_result(body: str, rest: str, name: str | None) -> None:
    found, one = played(body)
    call = called_once(found, one.actual.answer)
    assert call is not None
    assert assigned(found.landmarks.own, call, rest) == name


def test_a_name_has_one_value() -> None:
    for body, value in (
        ("y = a", "a"),
        ("y = z = a", "a"),
        ("y = a\ny = b", None),
        ("y += a", None),
        ("y: int = a", None),
        ("z = a", None),
        ("y = a\nfor y in x:\n    pass", None),
        ("y, z = a", None),
    ):
        node = given_to(some(body).landmarks.own, "y")
        assert (ast.unparse(node) if node is not None else None) == value


ANSWERS: Final = {
    "twice as much": (f"return 2 * {APPLY}", f"return {APPLY}"),
    "a name twice": (f"y = {APPLY}\nreturn 2 * y", f"y = {APPLY}\nreturn y"),
    "another name": (f"y = {APPLY}\nz = 2 * y\nreturn z", f"y = {APPLY}\nz = 2 * y\nreturn y"),
    "a name with it in": (f"y = 2 * {APPLY}\nreturn y", f"y = {APPLY}\nreturn y"),
    "something else": (f"y = {APPLY}\nreturn 0 * x", f"y = {APPLY}\nreturn y"),
    "a call whose result is lost": (f"f({APPLY})\nreturn 0 * x", f"f({APPLY})\nreturn {APPLY}"),
    "a call whose arguments change": (f"f({APPLY})\nx = 1\nreturn 0 * x", None),
    "two returns": (f"if x:\n    return 1\nreturn 2 * {APPLY}", None),
    "nothing": (f"{APPLY}\nreturn", None),
}


@pytest.mark.parametrize(("body", "text"), ANSWERS.values(), ids=ANSWERS)
def test_what_flax_gave_is_returned(body: str, text: str | None) -> None:
    found, one = played(body)
    assert after(found, answer_edits(found, one)) == text
    changing, other = played(body, changes=True)
    assert not answer_edits(changing, other)


RETURNS: Final = {
    "a call": ("y = 1\nf(y)", "y = 1\nreturn f(y)"),
    "a name": ("y = f(x)", "y = f(x)\nreturn y"),
    "a name behind another": ("z = 1; y = f(x)", "z = 1; y = f(x); return y"),
    "two names": ("y, z = f(x)", None),
    "printed": (f"y = {APPLY}\nprint(y)", f"y = {APPLY}\nprint(y)\nreturn y"),
    "printed at once": (f"print({APPLY})", f"print({APPLY})\nreturn {APPLY}"),
    "a value": (f"y = {APPLY}\ny", f"y = {APPLY}\ny\nreturn y"),
    "a loop": ("for a in x:\n    pass", None),
}


@pytest.mark.parametrize(("body", "text"), RETURNS.values(), ids=RETURNS)
def test_a_missing_return_is_written(body: str, text: str | None) -> None:
    found, one = played(body, call=APPLY if APPLY in body else body.split(maxsplit=1)[0])
    assert after(found, missing_return(found, one)) == text


def test_a_result_of_flax_that_isnt_known_is_not_returned() -> None:
    for body in ("print(x)", f"for a in x:\n    y = {APPLY}\nprint(y)"):
        found, one = played(body, call=APPLY if APPLY in body else "print(x)")
        edits = missing_return(found, one)
        assert not edits or "return print" in str(edits)
    writing, one = played(f"y = {APPLY}\nprint(y)", writes=True)
    assert not missing_return(writing, one)


def test_items_are_returned_in_the_tasks_order() -> None:
    for body, order, text in (
        ("return a, b, c", (1, 0, 2), "return b, a, c"),
        ("return a, b", (0, 1), None),
        ("return a, b", (0, 1, 2), None),
        ("return *a, b", (1, 0), None),
        ("return y", (1, 0), None),
        ("if x:\n    return 1\nreturn a, b", (1, 0), None),
        ("if width == 3: return 1\nreturn a, b", (1, 0), "if width == 3: return 1\nreturn b, a"),
    ):
        found = some(body)
        assert after(found, reordered(found, SEEN, order)) == text


UPDATES: Final = {
    "a single name": (
        f"y = {APPLY}\nreturn y, v['stats']",
        "y, updates = m.apply(v, x, mutable=[\"stats\"])\nreturn y, updates['stats']",
    ),
    "two names": (
        "y, u = m.apply(v, x, mutable=['stats'])\nreturn y, v['stats']",
        "y, u = m.apply(v, x, mutable=['stats'])\nreturn y, u['stats']",
    ),
    "an unused one": (
        "y, _ = m.apply(v, x, mutable=['stats'])\nreturn y, v['stats']",
        "y, updates = m.apply(v, x, mutable=['stats'])\nreturn y, updates['stats']",
    ),
    "another collection": (
        "y, u = m.apply(v, x, mutable=['cache'])\nreturn y, v['stats']",
        "y, u = m.apply(v, x, mutable=[\"stats\"])\nreturn y, u['stats']",
    ),
    "all of them": (
        "y, u = m.apply(v, x, mutable=True)\nreturn y, v['stats']",
        "y, u = m.apply(v, x, mutable=True)\nreturn y, u['stats']",
    ),
    "none of them": (
        "y, u = m.apply(v, x, mutable=False)\nreturn y, u['stats']",
        "y, u = m.apply(v, x, mutable=[\"stats\"])\nreturn y, u['stats']",
    ),
    "read already": ("y, u = m.apply(v, x, mutable=['stats'])\nreturn y, u['stats']", None),
    "read before": (f"s = v['stats']\ny = {APPLY}\nreturn y, s", None),
    "another one read": (f"y = {APPLY}\nreturn y, v['cache']", None),
    "of another dict": (f"y = {APPLY}\nreturn y, w['stats']", None),
    "no name": (f"return {APPLY}", None),
    "an item": ("y[0] = m.apply(v, x, mutable=['stats'])\nreturn y, v['stats']", None),
    "three names": ("y, u, w = m.apply(v, x, mutable=['stats'])\nreturn y, v['stats']", None),
    "made by init": (
        "y, v = m.init_with_output(k, x)\nreturn y, v['stats']",
        (
            'y, v = m.init_with_output(k, x)\ny, updates = m.apply(v, x, mutable=["stats"])\n'
            "return y, updates['stats']"
        ),
    ),
    "made by init, read before": (
        "s = v['stats']\ny, v = m.init_with_output(k, x)\nreturn y, s",
        None,
    ),
    "made by init, beside another statement": (
        "y, v = m.init_with_output(k, x); z = 1\nreturn y, v['stats']",
        None,
    ),
    "made by init into one name": ("y = m.init_with_output(k, x)\nreturn y, v['stats']", None),
    "made by a function": ("y, v = init_with_output(k, x)\nreturn y, v['stats']", None),
}


@pytest.mark.parametrize(("body", "text"), UPDATES.values(), ids=UPDATES)
def test_the_updates_are_read(body: str, text: str | None) -> None:
    line = next(each for each in body.splitlines() if "apply(" in each or "init_with" in each)
    call = line.partition("= ")[2].partition(";")[0] or line.removeprefix("return ")
    whole = HEAD + "".join(f"    {each}\n" for each in body.splitlines())
    found = evidence([], whole, TASK)
    assert after(found, update_edits(found, root(span=span_of(whole, call)), "stats")) == text
    assert not update_edits(found, None, "stats")
