"""Which two looks show that the same seed gave two keys."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from grader.catalogue import exercises
from grader.evidence.repeats import unlike_keys
from grader.model.case import Case
from tests.observe import example_case

EXERCISE = exercises()[0].exercise
CASE = example_case(EXERCISE, 3)
OTHER_SEED = example_case(EXERCISE, 4)
OTHER_SIZES = example_case(EXERCISE, 3, lengths=(2, 4, 2))
OTHER_ARRAYS = msgspec.structs.replace(
    CASE,
    arguments=tuple(
        a if b.name == "seed" else b
        for a, b in zip(CASE.arguments, OTHER_SEED.arguments, strict=True)
    ),
)


def look(case: Case, actual: str | None, expected: str = "e", process: int = 0) -> Any:
    key = SimpleNamespace(
        actual=SimpleNamespace(data=actual), expected=SimpleNamespace(data=expected)
    )
    exchange = SimpleNamespace(process=process)
    return SimpleNamespace(case=case, keys=(key,), exchange=exchange)


def found(*looks: Any) -> list[tuple[str, str] | None]:
    return [each.keys for each in unlike_keys(looks, lambda case: case.arguments[0].value)]


def test_another_key_in_a_repeated_case_is_seen() -> None:
    (repeat,) = unlike_keys([look(CASE, "1"), look(CASE, "2", process=1)], lambda _: 3)
    assert repeat.keys == ("1", "2")
    assert not repeat.same_process
    assert not repeat.fresh


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(look(CASE, "1"), look(OTHER_SEED, "2"), id="another seed"),
        pytest.param(look(CASE, "1"), look(OTHER_SIZES, "2"), id="other sizes"),
        pytest.param(look(CASE, "1"), look(CASE, "1"), id="the same key"),
        pytest.param(look(CASE, "1"), look(CASE, "2", expected="f"), id="the reference's differ"),
        pytest.param(look(CASE, None), look(CASE, "2"), id="the first is unknown"),
        pytest.param(look(CASE, "1"), look(CASE, None), id="the second is unknown"),
    ],
)
def test_these_show_nothing(first: Any, second: Any) -> None:
    assert found(first, second) == []


def test_other_arrays_count_only_if_no_case_was_repeated() -> None:
    other = look(OTHER_ARRAYS, "2")
    assert found(look(CASE, "1"), other) == [("1", "2")]
    assert found(look(CASE, "1"), look(CASE, "1"), other) == []


def test_runs_without_keys_are_no_repeats() -> None:
    keyless = look(CASE, "1")
    keyless.keys = ()
    assert found(look(CASE, "1"), look(OTHER_ARRAYS, "2"), keyless, keyless) == [("1", "2")]
