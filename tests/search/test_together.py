"""Sizes that meet a condition together, as a program's text has it."""

from __future__ import annotations

from typing import Final

import pytest

from grader.catalogue import exercises
from grader.model.exercise import Exercise
from grader.model.source import Source
from grader.search.plan import distinct_sizes
from grader.search.together import sizes_together

EXERCISES: Final[dict[str, Exercise]] = {each.exercise.slug: each.exercise for each in exercises()}
EXERCISE: Final = EXERCISES["nn-vmap-shared"]
EXPERTS: Final = EXERCISES["nn-vmap-experts"]
STEP: Final = EXERCISES["jax-grad-step"]
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
    "one in the other": (
        "if len(x) == 9:\n        if n == 4: x",
        "batch == 9 and features == 4",
    ),
    "one after the other": (
        "if len(x) != 9:\n        return x\n    if n != 4:\n        return x",
        "batch == 9",
    ),
    "in another branch": (
        "if len(x) == 9: x\n    elif n == 4: x",
        "(batch == 9) != (features == 4)",
    ),
    "in an else": ("if len(x) != 9: x\n    else:\n        if n == 4: x", "batch == 9"),
    "in a loop": (
        "for _ in x:\n        if len(x) == 9 and n == 4: x",
        "batch == 9 and features == 4",
    ),
    "beside what isn't known": (
        "if seed > 3:\n        if len(x) == 9:\n            if n == 4: x",
        "batch == 9 and features == 4",
    ),
    "one choice in the other": (
        "return (1 if n == 4 else 2) if len(x) == 9 else 3",
        "batch == 9 and features == 4",
    ),
    "a tuple": ("if (len(x), n) == (9, 4): x", "batch == 9 and features == 4"),
    "a shape": ("if x.shape == (9, 4): x", "batch == 9 and in_dim == 4"),
    "a part of a shape": ("if x.shape[:2] == (9, 4): x", "batch == 9 and in_dim == 4"),
    "one of several": ("if (len(x), n) in {(9, 4), (7, 3)}: x", "(batch, features) != (9, 3)"),
    "a key": (
        "return {(9, 4): 2}.get((len(x), n), 1)",
        "batch == 9 and features == 4",
    ),
    "a key by name": (
        "return SPECIAL.get((len(x), n), 1)\nSPECIAL = {(9, 4): 2}",
        "batch == 9 and features == 4",
    ),
    "a pattern": ("match x.shape:\n        case (9, 4): x", "batch == 9 and in_dim == 4"),
    "a pattern and a guard": (
        "match n:\n        case 4 if len(x) == 9: x",
        "batch == 9 and features == 4",
    ),
    "a pattern of several": (
        "match len(x), n:\n        case (9 | 10, 4): x",
        "batch in (9, 10) and features == 4",
    ),
    "a name in a pattern": (
        "match x.shape:\n        case (b, d) if b - d == 3: x",
        "batch - in_dim == 3",
    ),
    "a product of comparisons": ("y = (len(x) == 9) * (n == 4)", "batch == 9 and features == 4"),
    "an operator of bits": (
        "if (len(x) == 9) & (n == 4): x",
        "batch == 9 and features == 4",
    ),
    "all of several": ("if all([len(x) == 9, n == 4]): x", "batch == 9 and features == 4"),
    "all of a comprehension": (
        "if all(a == b for a, b in zip(x.shape, (9, 4))): x",
        "batch == 9 and in_dim == 4",
    ),
    "what is not zero": ("if not (len(x) - 3 * n): x", "batch == 3 * features"),
    "a power": ("if len(x) ** 2 + n ** 2 == 97: x", "batch**2 + features**2 == 97"),
    "a quotient and a remainder": (
        "if divmod(len(x), n) == (2, 3): x",
        "divmod(batch, features) == (2, 3)",
    ),
    "a sum": ("if sum(x.shape) == 18: x", "batch + in_dim == 18"),
    "a product of a shape": ("if np.prod(x.shape) == 35: x", "batch * in_dim == 35"),
    "by jnp.shape": ("b, d = jnp.shape(x)\n    if b - d == 2: x", "batch - in_dim == 2"),
    "a name for an array": ("y = x\n    if len(y) - n == 2: y", "batch - features == 2"),
    "named on the way": ("if (b := len(x)) == 9 and n == b - 5: x", "features == batch - 5"),
    "by a function": (
        "if f(len(x), n): x\ndef f(b, m):\n    return b == 9 and m == 4",
        "batch == 9 and features == 4",
    ),
    "by a lambda": (
        "f = lambda b, m=n: b == 9 and m == 4\n    if f(len(x)): x",
        "batch == 9 and features == 4",
    ),
    "in a function called once": (
        "return f(len(x), m=n)\ndef f(b, *, m):\n    y = b - m\n    return 1 if y == 3 else 2",
        "batch - features == 3",
    ),
    "under a name that others have, too": (
        "b = len(x)\n    if b - n == 2: x\ndef f(b):\n    return b",
        "batch - features == 2",
    ),
    "in an inner function": (
        "b = len(x)\n    def f(y):\n        return y if b - n == 2 else x\n    return f(x)",
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
    "numbers of an array": "if x == n: x",
    "an array with numbers": "if x and n: x",
    "a function that does more": "if f(n): x\ndef f(m):\n    print(m)\n    return m == len(y)",
    "a function called twice": (
        "f(len(x)); f(n)\ndef f(b):\n    y = b\n    return 1 if y - b == 3 else 2"
    ),
    "what a call passes by a star": "if f(*x.shape): x\ndef f(b, d):\n    return b - d == 2",
    "what calls itself": "if f(len(x), n): x\ndef f(b, m):\n    return f(m, b)",
    "what takes too long": "\n    ".join(
        [
            "a0 = len(x) + n",
            *(f"a{k} = a{k - 1} + a{k - 1}" for k in range(1, 25)),
            "if a24 == 9: x",
        ]
    ),
    "a name with a loop's values": "for b, c in x:\n        if b - c == n: x",
    "a name of the outer function": (
        "def f():\n        nonlocal n\n        n = 3\n    if len(x) - n == 2: x"
    ),
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
    assert len(sizes(many)) <= 8
    assert {each["batch"] - each["features"] for each in sizes(many)} == set(range(2, 9))


def test_sizes_that_are_fields_of_a_class_are_found() -> None:
    text = "class Mixture:\n    def __call__(self, x):\n        if {}: x\n"
    for condition in ("self.experts == self.features + 2", "len(x) - self.experts == 2"):
        source = Source("mine.py", text.format(condition))
        found = sizes_together(EXPERTS, source, distinct_sizes(EXPERTS))
        told = condition.replace("self.", "").replace("len(x)", "batch")
        assert found
        assert all(eval(told, {}, each) for each in found)
    others = Source("mine.py", text.format("self.width == self.features + 2"))
    assert sizes_together(EXPERTS, others, distinct_sizes(EXPERTS)) == ()


def test_sizes_of_the_arrays_in_a_dict_are_found() -> None:
    text = "def sgd_step(params, x, y, *, rate):\n    if len(params['w']) - len(x) == 2: x\n"
    found = sizes_together(STEP, Source("mine.py", text), distinct_sizes(STEP))
    assert found
    assert all(each["inputs"] - each["batch"] == 2 for each in found)
