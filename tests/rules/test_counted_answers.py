"""Answers that stay the same where a transform gives other numbers: counts, flags, choices."""

from __future__ import annotations

from typing import Final

import msgspec
import pytest

from grader.evidence.altered import tells
from grader.judge import assess, judge
from grader.model.case import Case
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Use
from grader.model.observation import Observation
from grader.model.report import Status
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from tests.observe import example_case, observe

EXERCISE: Final = Exercise(
    slug="root",
    title="",
    topic="",
    level=1,
    function="root",
    parameters=(Array(name="a", shape=("n",)),),
    dimensions=(Dimension(name="n", noun="the numbers", largest=6),),
    checks=tuple(
        CheckSpec(check=each, title=each.value)
        for each in (*(Check.LOADS, Check.RUNS, Check.SHAPE, Check.VALUES), Check.TRANSFORM)
    ),
    takeaway="",
    uses=(Use(any_of=("jax.lax.while_loop",), of="a step"),),
    tolerance=64.0,
)
HEAD: Final = """\
import jax
import jax.numpy as jnp


def is_far(state):
    return jnp.abs(state[0] ** 2 - state[1]).max() > 1e-2


def step(state):
    x, target, n = state
    return 0.5 * (x + target / x), target, n + 1


def root(a):
    target = jnp.abs(a) + 1
    first = target, target, 0
"""
LOOP: Final = "    x, _, n = jax.lax.while_loop(is_far, step, first)\n"
BY_HAND: Final = """\
    state = first
    while is_far(state):
        state = step(state)
    x, _, n = state
    n = jnp.asarray(n)
"""
SHOW: Final = "    jax.lax.while_loop(is_far, step, (target * 3, target, 0))\n"
ANSWERS: Final = {
    "count": "n",
    "pair": "x, n",
    "flag": "jnp.isfinite(x)",
    "as a number": "jnp.isfinite(x).astype(float)",
    "root": "x",
}


def program(body: str, answer: str) -> str:
    return f"{HEAD}{body}    return {ANSWERS[answer]}\n"


CASES: Final = tuple(
    example_case(EXERCISE, seed=n, lengths=(size,)) for n, size in enumerate((3, 5))
)


def altered(text: str, case: Case) -> Observation:
    return observe(text, EXERCISE, (case,), alters=True)[1][0]


def transcript(text: str, reference: str) -> Transcript:
    """Play a program beside the reference, as a search does."""
    (_, expected), (_, actual) = (observe(each, EXERCISE, CASES) for each in (reference, text))
    exchanges = tuple(
        Exchange(case=case, expected=theirs, actual=ours)
        for case, theirs, ours in zip(CASES, expected, actual, strict=True)
    )
    found = Transcript(exercise=EXERCISE, source=Source("mine.py", text), exchanges=exchanges)
    played = msgspec.structs.replace(exchanges[0], actual=altered(text, CASES[0]), process=1)
    if not tells(played, actual[0], lambda case: altered(reference, case)):
        return found
    return msgspec.structs.replace(found, altered=played)


def ended(text: str, reference: str) -> tuple[list[str], Status]:
    """Return the rules that are found, and how the check of the transform ended."""
    found = transcript(text, reference)
    findings = judge(found)
    checks = {each.check: each.status for each in assess(findings, found).checks}
    return [each.rule for each in findings], checks[Check.TRANSFORM]


@pytest.mark.parametrize("answer", ["count", "pair", "as a number", "root"])
def test_the_reference_itself_gets_the_point(answer: str) -> None:
    right = program(LOOP, answer)
    assert ended(right, right) == ([], Status.PASSED)


def test_flags_that_are_made_of_the_result_are_no_mistake() -> None:
    right = program(LOOP, "flag")
    assert ended(right, right) == ([], Status.SKIPPED)


@pytest.mark.parametrize("answer", ["pair", "root"])
def test_a_loop_for_show_is_found_where_the_reference_s_answer_changes(answer: str) -> None:
    shown = program(BY_HAND + SHOW, answer)
    assert ended(shown, program(LOOP, answer)) == (["missing-transform"], Status.FAILED)


@pytest.mark.parametrize("answer", ["count", "flag"])
def test_a_loop_for_show_earns_no_point_where_nothing_tells(answer: str) -> None:
    shown = program(BY_HAND + SHOW, answer)
    assert ended(shown, program(LOOP, answer)) == ([], Status.SKIPPED)


def test_a_loop_that_gives_half_of_the_pair_earns_no_point() -> None:
    mixed = program(
        LOOP.replace("x, _, n", "_, _, n") + BY_HAND.replace("x, _, n", "x, _, _"), "pair"
    )
    mixed = mixed.replace("    n = jnp.asarray(n)\n", "")
    assert ended(mixed, program(LOOP, "pair"))[1] is not Status.PASSED


def test_numbers_may_stay_where_they_do_in_the_reference_s_answer() -> None:
    """What is cut off stays on both sides; where all of the answer stays, that tells."""
    cut = "return jnp.where(jnp.arange(x.size) > 0, x, 1.0)"
    right = program(LOOP, "root").replace("return x", cut)
    assert ended(right, right) == ([], Status.PASSED)
    shown = program(BY_HAND + SHOW, "root").replace("return x", cut)
    assert ended(shown, right) == (["missing-transform"], Status.FAILED)
