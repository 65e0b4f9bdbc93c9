"""Wrong numbers of a loop that starts from another carry, and of loops that don't."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.exercise import Exercise
from tests.observe import example_case, solution_text
from tests.recordings.programs import transcript_of

DECAY: Final = """\
import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    start = jnp.zeros(x.shape[1:])
    _, sums = jax.lax.scan(step, start, x)
    return sums
"""
START: Final = "jnp.zeros(x.shape[1:])"
STEP: Final = "decay * total + row"
LOOP: Final = "jax.lax.scan(step, start, x)"
TOLD: Final = "jax.lax.scan goes over the task's steps, but starts from another carry."


@cache
def exercise(slug: str) -> Exercise:
    return next(each.exercise for each in exercises() if each.exercise.slug == slug)


def details(text: str, slug: str = "lax-scan-decay") -> tuple[str, ...]:
    """Return what is said beside the wrong numbers of a program, and the advice."""
    task = exercise(slug)
    cases = [
        example_case(task, seed=seed, lengths=lengths)
        for seed, lengths in enumerate([(3, 4, 2, 5), (2, 3, 4, 3), (2, 1, 1, 1)])
    ]
    (found,) = judge(transcript_of(text, cases, task))
    assert found.rule == "wrong-values"
    return (*found.details, found.help)


OTHERWISE: Final = {
    "ones": DECAY.replace(START, "jnp.ones(x.shape[1:])"),
    "a number everywhere": DECAY.replace(START, "jnp.full(x.shape[1:], 0.25)"),
    "the first row": DECAY.replace(START, "x[0]"),
    "the last row": DECAY.replace(START, "x[-1]"),
    "the mean": DECAY.replace(START, "x.mean(0)"),
    "the decay": DECAY.replace(START, "jnp.zeros(x.shape[1:]) + decay"),
    "by name": DECAY.replace(LOOP, "jax.lax.scan(step, init=start + 1, xs=x)"),
    "in one line": DECAY.replace(LOOP, "jax.lax.scan(step, -jnp.ones(x.shape[1:]), x, unroll=2)"),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_another_start_is_told(name: str) -> None:
    *said, advice = details(OTHERWISE[name])
    assert TOLD in said
    assert advice == "compare the carry that the loop starts from with the task's"


OTHERS: Final = {
    "another step": DECAY.replace(STEP, "total + decay * row"),
    "the sum before": DECAY.replace("return total, total", "return total, total - row"),
    "rows without the first": DECAY.replace(
        LOOP, "jax.lax.scan(step, x[0] + 1, jnp.roll(x, 1, axis=0))"
    ),
    "another start that is right": DECAY.replace(START, "x[0]")
    .replace("start, x)", "start, x[1:])")
    .replace("return sums", "return jnp.concatenate([x[:1], sums]) * 2"),
    "zeros of both signs": DECAY.replace(START, "x[0] * 0").replace(
        "return sums", "return sums * 2"
    ),
    "changed afterwards": DECAY.replace("return sums", "return sums * 2"),
    "in a map": DECAY.replace(
        f"    start = {START}\n    _, sums = {LOOP}\n    return sums\n",
        "    one = lambda column: jax.lax.scan(step, jnp.ones(()), column)[1]\n"
        "    return jax.vmap(one, 1, 1)(x)\n",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_mistakes_are_not_blamed_on_the_start(name: str) -> None:
    assert all("carry" not in each for each in details(OTHERS[name]))


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("total + row.dot(nothing)", "check its spelling"),
        ("total + np.sin(row)", "jnp.sin"),
        ("total + (row if row[0] > 0 else 0)", "jnp.where"),
        ("decay * total + row", "begin with an array of shape"),
    ],
)
def test_other_exceptions_are_not_blamed_on_the_start(step: str, says: str) -> None:
    text = (
        DECAY.replace(START, "0")
        .replace(STEP, step)
        .replace("import jax\n", "import jax\nimport numpy as np\n")
    )
    task = exercise("lax-scan-decay")
    found = judge(transcript_of(text, [example_case(task, lengths=(3, 4))], task))
    assert [each.rule for each in found] == ["raised"]
    assert says in f"{found[0].message} {found[0].help}"


@pytest.mark.parametrize(
    ("start", "steps", "says"),
    [
        ("jnp.zeros_like(x)", "x", "begin with an array of shape (width,), of float32"),
        ("x", "start[0]", "pass the carry first, then what the loop goes over"),
        ("jnp.zeros(x.shape[1:])", "x[1:]", "find where they get lost"),
    ],
)
def test_a_wrong_shape_may_come_from_the_start(start: str, steps: str, says: str) -> None:
    text = DECAY.replace(LOOP, f"jax.lax.scan(step, start, {steps})").replace(START, start)
    task = exercise("lax-scan-decay")
    cases = [example_case(task, lengths=lengths) for lengths in [(3, 4), (2, 3)]]
    (found,) = judge(transcript_of(text, cases, task))
    assert found.rule == "wrong-shape"
    assert says in found.help


def test_a_lifted_loop_is_told_so_too() -> None:
    text = solution_text(exercise("nn-scan-rnn")).replace("jnp.zeros(", "jnp.ones(")
    assert "nn.scan goes over the task's steps, but starts from another carry." in details(
        text, "nn-scan-rnn"
    )


def test_shifted_steps_are_not_said_to_be_reversed() -> None:
    """With two steps they are; with more it shows that they aren't."""
    text = DECAY.replace(LOOP, "jax.lax.scan(step, start, jnp.roll(x, 1, axis=0))")
    assert details(text)
    reversed_text = DECAY.replace(LOOP, "jax.lax.scan(step, start, x[::-1])")
    task = exercise("lax-scan-decay")
    cases = [example_case(task, lengths=lengths) for lengths in [(3, 4, 2, 5), (2, 3, 4, 3)]]
    (found,) = judge(transcript_of(reversed_text, cases, task))
    assert found.rule == "wrong-direction"
