"""A program may refuse sizes that the task never gives, but none that it may give."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.grading.grading import Grading
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.submission import from_bytes

DECAY = next(each for each in exercises() if each.exercise.slug == "lax-scan-decay")
TEXT = """\
import jax
import jax.numpy as jnp


def checked(x):
    {check}
    return x


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    return jax.lax.scan(step, jnp.zeros(x.shape[1:]), checked(x))[1]
"""
REFUSING = {
    "an assertion": "assert x.shape[0] <= 100",
    "with words": "assert x.shape[0] <= 100, f'too long: {x.shape[0]}'",
    "an exception": "if len(x) > 100: raise ValueError('too long')",
}
WRONG = {
    "a size that the task gives": ("assert x.shape[0] <= 40", "raised"),
    "what a library says": ("x = x + jnp.zeros((len(x) if len(x) < 100 else 3, 1))", "raised"),
    "a wrong answer": ("x = x[:100]", "wrong-shape"),
}


def graded(check: str) -> list[str]:
    submission = from_bytes("program.py", TEXT.format(check=check).encode())
    with Session() as session:
        report = Grading(session, submission, DECAY, GradingRequest()).run()
    return [each.rule for each in report.findings]


@pytest.mark.parametrize("check", REFUSING.values(), ids=REFUSING)
def test_what_is_refused_beyond_the_declared_sizes_is_no_mistake(check: str) -> None:
    assert not graded(check)


@pytest.mark.parametrize(("check", "rule"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_beyond_them_is_one_all_the_same(check: str, rule: str) -> None:
    assert graded(check) == [rule]
