"""What is said of a program without nn.vmap has to be known of it."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.exercise import Exercise
from grader.model.finding import Finding
from tests.observe import example_case, solution_text
from tests.recordings.programs import transcript_of

EXERCISES = {each.exercise.level: each.exercise for each in exercises()}
SHARED, CELL = EXERCISES[1], EXERCISES[4]
TOOK = "took the whole batch at once"
PLAIN = """\
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return {answer}.reshape(-1)
"""
BY_HAND = """\
import jax


def nn_vmap_forward(seed, x_batch, features):
    kernel = jax.random.normal(jax.random.PRNGKey(seed), (x_batch.shape[1], features))
    return jax.vmap(lambda x: x @ kernel)(x_batch).reshape(-1)
"""


def only(text: str, exercise: Exercise) -> Finding:
    cases = [example_case(exercise, seed) for seed in (0, 1)]
    found = judge(transcript_of(text, cases, exercise))
    (finding,) = (each for each in found if each.rule == "no-nn-vmap")
    return finding


def test_a_layer_that_took_a_batch_is_named_as_such() -> None:
    assert TOOK in only(PLAIN.format(answer="model.apply(variables, x_batch)"), SHARED).why


@pytest.mark.parametrize(
    "answer",
    [
        "jax.vmap(model.apply, (None, 0))(variables, x_batch)",
        "jax.numpy.stack([model.apply(variables, x) for x in x_batch])",
        "jax.lax.map(lambda x: model.apply(variables, x), x_batch)",
    ],
)
def test_a_layer_that_got_single_examples_is_not_blamed_for_a_batch(answer: str) -> None:
    assert TOOK not in only(PLAIN.format(answer=answer), SHARED).why


def test_a_module_for_one_example_is_not_called_a_batch_layer() -> None:
    text = solution_text(CELL)
    head = text[: text.index("def nn_vmap_cell")]
    body = """\
def nn_vmap_cell(seed, carry, x_batch, features):
    cell = Cell(features)
    variables = cell.init(jax.random.PRNGKey(seed), carry[:, 0], x_batch[0])
    step = jax.vmap(cell.apply, in_axes=(None, 1, 0), out_axes=(1, 0))
    return step(variables, carry, x_batch)
"""
    finding = only(head + body, CELL)
    assert "batch" not in finding.why
    assert finding.label.startswith("jax.vmap maps a function; the module")


def test_without_a_module_none_is_mentioned() -> None:
    assert only(BY_HAND, SHARED).label == "jax.vmap maps a function; no module is involved"
