"""Sizes that meet a condition together, as a program's text has it."""

from __future__ import annotations

from typing import Final

import pytest

from grader.catalogue import exercises
from grader.model.exercise import Exercise
from grader.model.source import Source
from grader.search.plan import distinct_sizes
from grader.search.together import sizes_together

EXERCISE: Final[Exercise] = next(
    each.exercise for each in exercises() if each.exercise.slug == "nn-vmap-shared"
)
FOUND: Final = {
    "a difference": ("b, d = x.shape\n    if b - d == 2: x", "batch - in_dim == 2"),
    "with a number": ("if x.shape[0] == n + 3: x", "batch == features + 3"),
    "a product": ("if x.shape[0] * n == 6: x", "batch * features == 6"),
    "all elements": ("if x.size == 35: x", "batch * in_dim == 35"),
    "a multiple": ("y = 1 if len(x) == 2 * n + 1 else 2", "batch == 2 * features + 1"),
    "three sizes": (
        "b, d = x.shape\n    if b + d + n == 13: x",
        "batch + in_dim + features == 13",
    ),
    "by name": ("b = len(x)\n    c = b - n\n    if c == 4: x", "batch - features == 4"),
    "a condition by name": ("same = len(x) == n\n    if same: x", "batch == features"),
    "both": ("if len(x) == 5 and n == 3: x", "batch == 5 and features == 3"),
    "a remainder": ("if len(x) % n == 5: x", "batch % features == 5"),
    "a chain": ("if 3 < len(x) - n < 6: x", "3 < batch - features < 6"),
    "what is seldom false": ("if len(x) - n != 2: x", "batch - features == 2"),
    "the larger": ("if max(len(x), n) == 2: x", "max(batch, features) == 2"),
    "from the end": ("if x.shape[-1] - n == 3: x", "in_dim - features == 3"),
    "in a helper": (
        "return g(len(x) - n == 2)\ndef g(y):\n    return y",
        "batch - features == 2",
    ),
}
LEFT: Final = {
    "one size": "if len(x) == 5: x",
    "what is often so": "if len(x) > n: x",
    "what is always so": "if len(x) + n > 0: x",
    "what is never so": "if len(x) + n == 99: x",
    "another name": "if len(x) - m == 2: x",
    "a name with two values": "b = len(x)\n    b = n\n    if b - n == 2: x",
    "one that a loop gives": "for b in x:\n        if b - n == 2: x",
    "values": "if x[0] - n == 2: x",
    "a call": "if f(x) - n == 2: x",
    "another axis": "if x.shape[5] - n == 2: x",
    "a large power": "if len(x) * 10**99 == n: x",
    "a division by zero": "if len(x) % (n - n) == 1: x",
    "no program": "if",
}


def sizes(body: str) -> tuple[dict[str, int], ...]:
    text = f"def nn_vmap_forward(seed, x, n):\n    {body}\n"
    return sizes_together(EXERCISE, Source("mine.py", text), distinct_sizes(EXERCISE))


@pytest.mark.parametrize(("body", "condition"), FOUND.values(), ids=FOUND)
def test_sizes_that_meet_a_condition_together_are_found(body: str, condition: str) -> None:
    found = sizes(body)
    assert found
    assert all(eval(condition, {}, each) for each in found)
    assert all(each[one.name] <= one.largest for each in found for one in EXERCISE.dimensions)


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_others_are_left(body: str) -> None:
    assert sizes(body) == ()


def test_few_are_run() -> None:
    many = "\n    ".join(f"if len(x) - n == {k}: x" for k in range(2, 9))
    assert len(sizes(many)) <= 6
