"""Whether a call already gave the task's output, so that its result has only to be returned."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any

import pytest

from grader.evidence.edits.answer import _updates
from grader.evidence.edits.relift import _right_already


def look(*, wanted: str | None, given: str | None, lifted: bool = True, ran: bool = True) -> Any:
    run = SimpleNamespace(given=given) if ran else None
    return SimpleNamespace(
        expected=SimpleNamespace(answer="root", top=lambda _: SimpleNamespace(given=wanted)),
        actual=SimpleNamespace(forward=("call",), top=lambda _: run, is_lifted=lambda _: lifted),
    )


def test_a_lifted_call_that_gave_the_output_is_found() -> None:
    assert _right_already(look(wanted="d", given="d")) == "call"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(look(wanted="d", given="e"), id="another output"),
        pytest.param(look(wanted="d", given="d", lifted=False), id="a plain module"),
        pytest.param(look(wanted="d", given=None), id="an unknown output"),
        pytest.param(look(wanted=None, given=None), id="both unknown"),
        pytest.param(look(wanted=None, given="d"), id="the task's is unknown"),
        pytest.param(look(wanted="d", given=None, ran=False), id="no module ran"),
    ],
)
def test_another_call_is_not(other: Any) -> None:
    assert _right_already(other) is None


def test_without_an_answer_of_the_reference_nothing_is_right() -> None:
    some = look(wanted="d", given="d")
    some.expected.answer = None
    assert _right_already(some) is None


@pytest.mark.parametrize(
    ("text", "updates"),
    [
        ("model.init_with_output(key, x)", True),
        ('model.apply(v, x, mutable=["batch_stats"])', True),
        ("model.apply(v, x, rngs=keys)", False),
        ("model.apply(v, x)", False),
        ("model.init(key, x)", False),
    ],
)
def test_which_calls_return_variables_beside_the_output(text: str, updates: bool) -> None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert _updates(call) is updates
