"""What is said of a loop with a result that the task doesn't ask for, or with none."""

from __future__ import annotations

from typing import Final

import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.finding import Finding
from tests.observe import example_case
from tests.recordings.programs import transcript_of

TASK: Final = next(each.exercise for each in exercises() if each.slug == "lax-scan-decay")
DECAY: Final = """\
import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return NEXT

    pair = jax.lax.scan(step, jnp.zeros(x.shape[1:]), x)
    return ANSWER
"""
KEEP: Final = "let the step return what is to be kept second"
SECOND: Final = "return the second of the pair that the loop gives"
SAME: Final = "return the new carry with the shape, type and structure that it came in with"


def found(step: str, answer: str) -> Finding:
    text = DECAY.replace("NEXT", step).replace("ANSWER", answer)
    cases = [example_case(TASK, lengths=(3, 4)), example_case(TASK, lengths=(2, 3))]
    (one,) = judge(transcript_of(text, cases, TASK))
    return one


@pytest.mark.parametrize(
    ("step", "answer", "rule", "says"),
    [
        ("total, None", "pair", "not-an-array", KEEP),
        ("total, None", "pair[1]", "not-an-array", KEEP),
        ("total, None", "pair[0]", "wrong-shape", KEEP),
        ("total, ()", "pair[0]", "wrong-shape", KEEP),
        ("total, total", "pair[0]", "wrong-shape", SECOND),
        ("total, total", "pair", "not-an-array", "return the second item alone"),
        ("total, total", "pair[0] * 2", "wrong-shape", "it has"),
        ("total, total", "pair[1][-1] + 1", "wrong-shape", "it has"),
        ("total, total", "None", "not-an-array", "return the result on every path"),
    ],
)
def test_the_result_of_a_loop_is_told(step: str, answer: str, rule: str, says: str) -> None:
    one = found(step, answer)
    assert one.rule == rule
    assert one.help.startswith(says)


@pytest.mark.parametrize(
    "step", ["None, total", "total.sum(), total", "(total, total), total", "total > 0, total"]
)
def test_a_step_that_changes_the_carry_is_told_to_keep_its_kind(step: str) -> None:
    one = found(step, "pair[1]")
    assert one.rule == "raised"
    assert one.help == SAME
    assert one.span is not None
    assert one.span.line == 8  # what the step returns
