"""What to return instead of something that isn't an array, in tasks with and without Flax."""

from __future__ import annotations

import pytest

from grader.judge import judge
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed
from grader.model.finding import Finding
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from tests.observe import example_case, observe

TOTAL = Exercise(
    slug="total",
    title="",
    topic="",
    level=1,
    function="total",
    parameters=(Seed(name="seed"), Array(name="x", shape=("n",))),
    dimensions=(Dimension(name="n", noun="the numbers", largest=6),),
    checks=(CheckSpec(check=Check.SHAPE, title="it returns a number"),),
    takeaway="",
)
PLAIN = "import jax.numpy as jnp\n\n\ndef total(seed, x):\n    y = jnp.sum(x)\n    return {}\n"
APPLIED = """\
import flax.linen as nn
import jax


def total(seed, x):
    variables = nn.Dense(1).init(jax.random.key(seed), x)
    y = nn.Dense(1).apply(variables, x)
    return {}
"""


def advice(program: str, answer: str) -> str:
    return found(program, answer).help


def found(program: str, answer: str = "", end: str = "    return {}\n") -> Finding:
    cases = (example_case(TOTAL, lengths=(3,)),)
    text = program.replace("    return {}\n", end).replace("{}", answer)
    (_, expected), (_, actual) = (
        observe(each, TOTAL, cases) for each in (program.replace("{}", "y"), text)
    )
    exchanges = tuple(
        Exchange(case=case, expected=theirs, actual=ours)
        for case, theirs, ours in zip(cases, expected, actual, strict=True)
    )
    (one,) = judge(Transcript(exercise=TOTAL, source=Source("mine.py", text), exchanges=exchanges))
    assert one.rule == "not-an-array"
    return one


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("float(y)", "return the array itself: leave out what makes it a number, such as float(…)"),
        ("y.item()", "return the array itself: leave out what makes it a number, such as float(…)"),
        ("bool(y)", "return the array itself: leave out what makes it a number, such as bool(…)"),
        ("{'y': y + 1}", "return the array itself, not a dict with it"),
        ("{'y': y}", "return what is under 'y' alone, which is right"),
        ("(seed, y)", "return the second item alone, which is right"),
        ("[1, 2, 3, y]", "return item 3 alone, which is right"),
        ("(y, y)", "return only the output"),
        ("(y,)", "return only the output; a trailing comma makes a tuple, too"),
        ("'y'", "return the array that the task asks for"),
    ],
)
def test_advice_in_a_task_without_flax_speaks_of_no_apply(answer: str, says: str) -> None:
    assert advice(PLAIN, answer) == says


@pytest.mark.parametrize(
    ("answer", "alone"),
    [
        ("seed, y", "y"),
        ("[y, seed]", "y"),
        ("{'a': 1, 'y': y}", "y"),
        ("dict(y=y)", 'dict(y=y)["y"]'),
        ("tuple([1, y])", "tuple([1, y])[1]"),
        ("*[seed], y", None),
        ("{'a b': y, **{}}", "y"),
        ("dict([('a b', y)])", None),
        ("(1, y) if seed < 9 else y", None),
    ],
)
def test_the_right_item_is_returned_alone(answer: str, alone: str | None) -> None:
    edits = found(PLAIN, answer.replace("{}", "dict()")).edits
    assert [each.text for each in edits] == ([] if alone is None else [alone])


def test_variables_are_not_the_answer() -> None:
    says = "return what apply returns; the variables are not the answer"
    assert advice(APPLIED, "variables") == says
    assert advice(APPLIED, "'y'") == "return the array that apply gives"


def test_an_array_of_objects_is_not_told_that_it_is_no_array() -> None:
    said = found(PLAIN, "__import__('numpy').array([None])").message
    assert said == "the function returns an array of dtype object, not an array of numbers"


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("pass", "compute the answer, and return it at the end"),
        ("y = y", "return the answer at the end"),
        ("if seed < 0:\n        return y", "return the result on every path"),
        ("return None", "return the result on every path"),
        ("return dict(y=y).get(0)", "find where this None comes from"),
        ("y = None\n    return y", "find where this None comes from"),
        ("if seed < 0:\n        return y\n    return [None][0]", "find where this None comes from"),
    ],
)
def test_what_is_said_of_none_depends_on_the_returns(end: str, says: str) -> None:
    assert found(PLAIN, end=f"    {end}\n").help.startswith(says)
