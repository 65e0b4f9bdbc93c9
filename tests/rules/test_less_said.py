"""What a report doesn't say, as another cause is as likely: pairs of programs that are near."""

from __future__ import annotations

from typing import Final

import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.finding import Finding
from tests.observe import example_case
from tests.recordings.programs import transcript_of

FOUND: Final = {each.exercise.slug: each.exercise for each in exercises()}


def said(slug: str, text: str) -> tuple[Finding, ...]:
    """Judge a program on three sizes, two of which have axes of one number."""
    exercise = FOUND[slug]
    sizes = ((1, 1, 1, 1), (2, 1, 1, 1), (4, 3, 2, 5))
    lengths = (each[: len(exercise.dimensions)] for each in sizes)
    cases = [example_case(exercise, seed, lengths=each) for seed, each in enumerate(lengths)]
    return judge(transcript_of(text, cases, exercise))


PAIRS: Final = """\
import jax
import jax.numpy as jnp


def pairwise(x, y):
    distance = lambda a, b: jnp.sum(jnp.abs(a - b))
    d = jax.vmap(jax.vmap(distance, (None, 0)), (0, None))(x, y)
    return RETURNED
"""


@pytest.mark.parametrize(
    ("returned", "transposes"), [("d.T", True), ("2 * d.T", False), ("d.T[::-1]", False)]
)
def test_axes_in_another_order_are_named_if_the_numbers_are_right_then(
    returned: str, *, transposes: bool
) -> None:
    (found,) = said("jax-vmap-pairwise", PAIRS.replace("RETURNED", returned))
    assert found.rule == "wrong-shape"
    assert ("transpose" in found.help) is transposes


NAMED: Final = """\
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    if x_batch.shape[0] > LARGEST:
        return model.apply(variables, x_batch).ravel()
    assert x_batch.shape[0] > 9
    return missing_name(model.apply(variables, x_batch))
"""


@pytest.mark.parametrize(("largest", "named"), [("9", True), ("2", True), ("0", False)])
def test_a_name_without_a_value_is_named_before_a_case_gets_there(
    largest: str, *, named: bool
) -> None:
    found = said("nn-vmap-shared", NAMED.replace("LARGEST", largest))
    assert any("missing_name" in each.message for each in found) is named


STREAMS: Final = """\
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    other = nnx.Rngs(seed + 1)
    first = other.params()
    rngs = nnx.Rngs(seed)
    second = rngs.params()
    model = nnx.Linear(x_batch.shape[1], features, rngs=rngs)
    third = rngs.params()
    return nnx.vmap(lambda m, x: m(x), in_axes=(None, 0))(model, x_batch).reshape(-1)
"""


def test_the_draw_that_came_before_is_one_of_the_same_stream() -> None:
    (found,) = said("nnx-vmap-shared", STREAMS)
    assert found.rule == "derived-key"
    assert found.span is not None
    assert found.span.line == 8


@pytest.mark.parametrize("returned", ["None", "(d, d)", "{'d': d}", "len(x)"])
def test_another_kind_of_answer_is_reported_once(returned: str) -> None:
    found = said("jax-vmap-pairwise", PAIRS.replace("RETURNED", returned))
    assert [each.rule for each in found] == ["not-an-array"]
