"""The check `transform` needs a map of several indices, a loop with a carry, a layer with a share.

All of these programs give the right numbers, and all of those from a run of the asked transform.
"""

from __future__ import annotations

from typing import Final

import pytest

from grader.catalogue import exercises
from grader.judge import assess, judge
from grader.model.exercise import Check
from grader.model.report import Status
from tests.observe import example_case
from tests.recordings.programs import transcript_of

FOUND: Final = {each.exercise.slug: each.exercise for each in exercises()}

PAIRS: Final = """
import jax
import jax.numpy as jnp

def pairwise(x, y):
"""
SCAN: Final = """
import jax
import jax.numpy as jnp

def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total
"""
SHARED: Final = """
import jax
import jax.numpy as jnp
from flax import nnx

def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
"""

IDLE: Final = {
    "both maps have one index": PAIRS
    + """
    everything = lambda _: jnp.sum(jnp.abs(x[:, None] - y[None]), axis=-1)
    return jax.vmap(jax.vmap(everything))(jnp.zeros((1, 1)))[0, 0]
""",
    "the outer map has one index": PAIRS
    + """
    row = jax.vmap(lambda b: jnp.sum(jnp.abs(x - b), axis=-1))
    return jax.vmap(lambda points: row(points))(y[None])[0].T
""",
    "the loop hands on what it got": SCAN
    + """
    ages = jnp.arange(len(x))[:, None] - jnp.arange(len(x))[None]
    weights = jnp.where(ages >= 0, decay ** jnp.maximum(ages, 0), 0.0)
    return jax.lax.scan(lambda rows, each: (rows, each @ rows), x, weights)[1]
""",
    "each loop takes one step": SCAN
    + """
    total, rows = jnp.zeros(x.shape[1:]), []
    for n in range(len(x)):
        total, row = jax.lax.scan(step, total, x[n : n + 1])
        rows.append(row[0])
    return jnp.stack(rows)
""",
    "a layer gets the batch for each feature": SHARED
    + """
    column = nnx.vmap(lambda m, n: m(x_batch)[:, n], in_axes=(None, 0), out_axes=1)
    return column(model, jnp.arange(features)).reshape(-1)
""",
    "a layer gets the batch for each example": SHARED
    + """
    row = nnx.vmap(lambda m, n: m(x_batch)[n], in_axes=(None, 0))
    return row(model, jnp.arange(len(x_batch))).reshape(-1)
""",
    "a batch of batches": SHARED
    + """
    return nnx.vmap(lambda m, x: m(x), in_axes=(None, 0))(model, x_batch[None]).reshape(-1)
""",
}

PASSED_ON: Final = {
    "the loop passes finished rows through": SCAN
    + """
    rows = [x[0]]
    for row in x[1:]:
        rows.append(step(rows[-1], row)[0])
    return jax.lax.scan(lambda none, row: (none, row), None, jnp.stack(rows))[1]
""",
    "the maps pass finished numbers through": PAIRS
    + """
    return jax.vmap(jax.vmap(lambda each: each))(jnp.sum(jnp.abs(x[:, None] - y[None]), axis=-1))
""",
    "one map of NNX for all, which passes numbers through": SHARED
    + """
    return nnx.vmap(lambda m, y: y, in_axes=(None, 0))(model, model(x_batch)).reshape(-1)
""",
    "the map makes the layer, and doesn't run it": SHARED
    + """
    models = nnx.vmap(lambda n: nnx.clone(model))(jnp.arange(2))
    graph, state = nnx.split(models)
    one = nnx.merge(graph, jax.tree.map(lambda each: each[0], state))
    return one(x_batch).reshape(-1)
""",
}

AT_WORK: Final = {
    "finished sums go through one more loop": SCAN
    + """
    _, rows = jax.lax.scan(step, jnp.zeros(x.shape[1:]), x)
    return jax.lax.scan(lambda none, row: (none, row), None, rows)[1]
""",
    "a loop gives its input too, and carries the answer": SCAN
    + """
    def store(carry, row):
        total, rows, n = carry
        total = decay * total + row
        return (total, rows.at[n].set(total), n + 1), row

    start = (jnp.zeros(x.shape[1:]), jnp.zeros(x.shape), 0)
    return jax.lax.scan(store, start, x)[0][1]
""",
    "three maps, one of them of one index": PAIRS
    + """
    distance = lambda a, b: jnp.sum(jnp.abs(a - b))
    pairs = jax.vmap(jax.vmap(distance, (None, 0)), (0, None))
    return jax.vmap(lambda some: pairs(some, y))(x[None])[0]
""",
    "a loop in blocks of rows": SCAN
    + """
    total, first = jax.lax.scan(step, jnp.zeros(x.shape[1:]), x[:2])
    return jnp.concatenate([first, jax.lax.scan(step, total, x[2:])[1]])
""",
    "another loop that carries nothing": SCAN
    + """
    _, rows = jax.lax.scan(lambda none, row: (none, row), None, x)
    return jax.lax.scan(step, jnp.zeros(x.shape[1:]), rows)[1]
""",
    "a loop in a map": SCAN
    + """
    column = lambda x: jax.lax.scan(step, 0.0, x)[1]
    return jax.vmap(column, 1, 1)(x)
""",
    "two loops that share the steps": SCAN
    + """
    total, first = jax.lax.scan(step, jnp.zeros(x.shape[1:]), x[:2])
    return jnp.concatenate([first, jax.lax.scan(step, total, x[2:])[1]])
""",
    "a batch of one in each run": SHARED
    + """
    row = nnx.vmap(lambda m, x: m(x[None])[0], in_axes=(None, 0))
    return row(model, x_batch).reshape(-1)
""",
    "two examples in each run": SHARED
    + """
    pairs = nnx.vmap(lambda m, x: m(x), in_axes=(None, 0))
    return pairs(model, x_batch.reshape(-1, 2, x_batch.shape[1])).reshape(-1)
""",
}


WRONG: Final = {
    "a loop in a map goes from the end": SCAN
    + """
    column = lambda x: jax.lax.scan(step, 0.0, x, reverse=True)[1]
    return jax.vmap(column, 1, 1)(x)
""",
    "a loop in a loop goes from the end": SCAN
    + """
    column = lambda none, x: (none, jax.lax.scan(step, 0.0, x, reverse=True)[1])
    return jax.lax.scan(column, None, x.T)[1].T
""",
    "the second of two loops starts anew": SCAN
    + """
    first = jax.lax.scan(step, jnp.zeros(x.shape[1:]), x[:2])[1]
    return jnp.concatenate([first, jax.lax.scan(step, jnp.zeros(x.shape[1:]), x[2:])[1]])
""",
}
COMPARED: Final = {
    "a wrong answer": SCAN
    + """
    return 2 * jax.lax.scan(step, jnp.zeros(x.shape[1:]), x)[1]
""",
    "a compiled loop": SCAN
    + """
    return 2 * jax.jit(lambda x: jax.lax.scan(step, jnp.zeros(x.shape[1:]), x)[1])(x)
""",
}


def transform(text: str, values: Status = Status.PASSED) -> Status:
    """Return how the check ends; two cases with other numbers."""
    exercise = next(each for each in FOUND.values() if f"def {each.function}(" in text)
    cases = [example_case(exercise, seed, lengths=(4, 3, 2)) for seed in (1, 2)]
    transcript = transcript_of(text, (*cases, cases[0]), exercise)
    assessment = assess(judge(transcript), transcript)
    checks = {each.check: each.status for each in assessment.checks}
    assert checks[Check.VALUES] is values
    return checks[Check.TRANSFORM]


@pytest.mark.parametrize("name", IDLE)
def test_a_transform_that_does_nothing_gets_no_tick(name: str) -> None:
    assert transform(IDLE[name]) is Status.SKIPPED


@pytest.mark.parametrize("name", PASSED_ON)
def test_one_beside_the_answer_is_reported(name: str) -> None:
    assert transform(PASSED_ON[name]) is Status.FAILED


@pytest.mark.parametrize("name", AT_WORK)
def test_one_that_does_its_work_gets_a_tick(name: str) -> None:
    assert transform(AT_WORK[name]) is Status.PASSED


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_loop_that_was_not_compared_gets_no_tick(name: str) -> None:
    assert transform(WRONG[name], Status.FAILED) is Status.SKIPPED


@pytest.mark.parametrize("name", COMPARED)
def test_a_loop_that_was_compared_keeps_its_tick_if_another_thing_is_wrong(name: str) -> None:
    assert transform(COMPARED[name], Status.FAILED) is Status.PASSED
