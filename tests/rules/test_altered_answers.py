"""An answer counts as lifted only if it changes with what the lifted module gives."""

from __future__ import annotations

import msgspec
import pytest

from grader.catalogue import exercises
from grader.checks import observed
from grader.evidence import Evidence
from grader.evidence.altered import Part, lifted_part
from grader.judge import judge
from grader.model.exercise import Check, Exercise
from grader.model.report import Status
from grader.model.transcript import Exchange, Transcript
from tests.observe import example_case
from tests.recordings.programs import observe, transcript_of

HEAD = """\
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def nn_vmap_forward(seed, x, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    lifted, plain = Lifted(features), nn.Dense(features)
    key = jax.random.PRNGKey(seed)
    variables = lifted.init(key, x)
"""

USED = {
    "as it comes": "return lifted.apply(variables, x).reshape(-1)",
    "from init": "return lifted.init_with_output(key, x)[0].reshape(-1)",
    "bound": "return lifted.bind(variables)(x).reshape(-1)",
    "jitted": "return jax.jit(lifted.apply)(variables, x).reshape(-1)",
    "in two parts": "y = [lifted.apply(variables, part) for part in (x[:1], x[1:])]\n"
    "    return jnp.concatenate(y).reshape(-1)",
    "in NumPy's order": "return np.asarray(lifted.apply(variables, x)).T.ravel(order='F')",
    "within a scan": "run = lambda _, part: (_, lifted.apply(variables, part))\n"
    "    return jax.lax.scan(run, 0, x[None])[1].reshape(-1)",
    "beside a plain layer": "other = plain.apply(variables, x)\n"
    "    y = lifted.apply(variables, x)\n"
    "    print(jnp.abs(y - other).max())\n"
    "    return y.reshape(-1)",
}
UNUSED = {
    "times zero": "return (plain.apply(variables, x) + 0 * lifted.apply(variables, x)).reshape(-1)",
    "less itself": "z = lifted.apply(variables, x)\n"
    "    return (plain.apply(variables, x) + (z - z)).reshape(-1)",
    "not chosen": "z = lifted.apply(variables, x)\n"
    "    return jnp.where(True, plain.apply(variables, x), z).reshape(-1)",
    "masked": "z = lifted.apply(variables, x)\n"
    "    mask = jnp.zeros_like(z)\n"
    "    return (z * mask + (1 - mask) * plain.apply(variables, x)).reshape(-1)",
    "its shape alone": "y = jnp.zeros_like(lifted.apply(variables, x))\n"
    "    return (y + x @ variables['params']['kernel']).reshape(-1)",
    "jitted": "def both(v, x):\n"
    "        return plain.apply(v, x) + 0 * lifted.apply(v, x)\n"
    "    return jax.jit(both)(variables, x).reshape(-1)",
}
PARTLY = {
    "a mean of both": "y = lifted.apply(variables, x) + plain.apply(variables, x)\n"
    "    return (y / 2).reshape(-1)",
    "one row": "y = plain.apply(variables, x)\n"
    "    return y.at[0].set(lifted.apply(variables, x)[0]).reshape(-1)",
    "another input": "bias = lifted.apply(variables, jnp.zeros_like(x))\n"
    "    return (x @ variables['params']['kernel'] + bias).reshape(-1)",
}


def played(body: str) -> Transcript:
    """Play a program with and without other numbers in place of what its lifted module gives."""
    exercise = _exercise()
    text = f"{HEAD}    {body}\n"
    case = example_case(exercise)
    found = transcript_of(text, [case, case], exercise)
    _, (after,) = observe(text, exercise, [case], alters=True)
    expected = found.exchanges[0].expected
    altered = Exchange(case=case, expected=expected, actual=after, process=1)
    return msgspec.structs.replace(found, altered=altered)


def _exercise() -> Exercise:
    return next(each.exercise for each in exercises() if each.exercise.slug == "nn-vmap-shared")


def rules(transcript: Transcript) -> set[str]:
    return {finding.rule for finding in judge(transcript)}


def lifted(transcript: Transcript) -> Status:
    return observed(Evidence(transcript))[Check.LIFTED].status


@pytest.mark.parametrize("body", USED.values(), ids=USED)
def test_an_answer_from_the_lifted_module_passes(body: str) -> None:
    transcript = played(body)
    assert lifted_part(Evidence(transcript)) is Part.ALL
    assert not rules(transcript)
    assert lifted(transcript) is Status.PASSED


@pytest.mark.parametrize("body", UNUSED.values(), ids=UNUSED)
def test_an_answer_that_stays_the_same_is_not_lifted(body: str) -> None:
    transcript = played(body)
    assert lifted_part(Evidence(transcript)) is Part.NONE
    assert rules(transcript) == {"no-nn-vmap"}


@pytest.mark.parametrize("body", PARTLY.values(), ids=PARTLY)
def test_an_answer_that_is_lifted_in_part_earns_no_tick(body: str) -> None:
    transcript = played(body)
    assert lifted_part(Evidence(transcript)) is Part.SOME
    assert not rules(transcript)
    assert lifted(transcript) is Status.SKIPPED


def test_nothing_follows_where_it_was_not_tried_or_raised() -> None:
    transcript = played(UNUSED["times zero"])
    untried = msgspec.structs.replace(transcript, altered=None)
    asserting = "assert abs(lifted.apply(variables, x) - plain.apply(variables, x)).max() < 1e-3"
    raised = played(f"{asserting}\n    {USED['as it comes']}")
    assert lifted_part(Evidence(untried)) is Part.UNKNOWN
    assert lifted_part(Evidence(raised)) is Part.UNKNOWN
    assert not rules(untried) | rules(raised)
