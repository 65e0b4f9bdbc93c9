"""The pictures of numbers: what is laid out how, and which numbers count as different."""

from __future__ import annotations

import math

import msgspec
import pytest
from reports import EXERCISE, PER_EXAMPLE, case

from grader.model.finding import Finding
from grader.render.html_values import values_picture


def finding(expected: object, actual: object, **sizes: int) -> Finding:
    evidence = {"expected": expected, "actual": actual}
    return msgspec.structs.replace(PER_EXAMPLE, evidence=evidence, case=case(**sizes))


@pytest.mark.parametrize(
    ("expected", "actual", "says"),
    [
        ([1.0, 2.0], [1.0, 2.5], "1 of 2 numbers differ"),
        ([1.0, 2.0], [1.0 + 1e-7, 2.0], "0 of 2 numbers differ"),
        ([1.0, 2.0], [1.0], "1 of 2 numbers differ"),
        ([[1.0], [2.0]], [[1.0], [3.0]], "1 of 2 numbers differ"),
        ([None], [None], "0 of 1 number differ"),
        ([None, 1.0], [2.0, None], "2 of 2 numbers differ"),
    ],
)
def test_differing_numbers_are_counted(expected: object, actual: object, says: str) -> None:
    assert f"{says};" in values_picture(finding(expected, actual), EXERCISE)


@pytest.mark.parametrize("odd", [[], "1.0", [[]], [["a"]], [1.0, "a"], [1.0, [object()]], None])
def test_only_lists_of_numbers_are_drawn(odd: object) -> None:
    assert values_picture(finding(odd, [1.0]), EXERCISE) == ""
    assert values_picture(finding([1.0], odd), EXERCISE) == ""


def test_rows_follow_the_outputs_dimensions_if_the_sizes_match() -> None:
    table = msgspec.structs.replace(EXERCISE, output=("batch", "features"))
    numbers = [float(each) for each in range(6)]
    matching = values_picture(finding(numbers, numbers, batch=2, features=3), table)
    assert "batch goes down, features across" in matching
    other = values_picture(finding(numbers, numbers, batch=2, features=2), table)
    assert "in their order, row by row" in other
    wide = values_picture(finding([0.0] * 17, [0.0] * 17, batch=1, features=17), table)
    assert "in their order, row by row" in wide


def test_numbers_have_seven_characters_at_most() -> None:
    drawn = values_picture(finding([-1.23456e-7, math.inf], [0.125, -1.0]), EXERCISE)
    assert ">-1e-07<" in drawn
    assert ">0.125<" in drawn
    assert drawn.count('class="minus"') == 2


def test_more_numbers_than_fit_are_counted() -> None:
    assert ">and 2 more<" in values_picture(finding([1.0] * 130, [1.0] * 130), EXERCISE)
