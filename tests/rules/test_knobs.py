"""Every combination of the four arguments, and what has to be found in it."""

from __future__ import annotations

from itertools import product

import pytest

from grader.judge import judge
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.rules import RULES
from tests.recordings.programs import transcript_of

MISSING = "missing"
IN_AXES = (0, 1, None, -1, -2)
OUT_AXES = (0, 1, -1)
PARAMS = (None, 0, 1, -1, MISSING)
SPLIT = (False, True, MISSING)

PROGRAM = """\
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes={in_axes},
        out_axes={out_axes},
{rest}    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
"""


def program(in_axes: object, out_axes: object, params: object, split: object) -> str:
    lines = ""
    if params != MISSING:
        lines += f'        variable_axes={{"params": {params}}},\n'
    if split != MISSING:
        lines += f'        split_rngs={{"params": {split}}},\n'
    return PROGRAM.format(in_axes=in_axes, out_axes=out_axes, rest=lines)


def wanted(in_axes: object, out_axes: object, params: object, split: object) -> set[str]:
    """Name each argument that says something else than the task."""
    found = set()
    if in_axes in {1, -1, None}:
        found.add("wrong-in-axes")
    if out_axes in {1, -1}:
        found.add("wrong-out-axes")
    if params == MISSING:
        found.add("params-not-lifted")
    elif params is not None:
        found.add("per-example-params")
    if split == MISSING:
        found.add("params-rng-not-lifted")
    elif split:
        found.add("split-params-rng")
    return found


def test_out_axes_that_raise_are_named_even_if_axes_are_moved_back(
    exercise: Exercise, telling: tuple[Case, ...]
) -> None:
    text = program(0, 2, None, False).replace(".reshape", ".T.reshape")
    findings = judge(transcript_of(text, telling[:1], exercise))
    assert [each.rule for each in findings] == ["wrong-out-axes"]


def test_unexplained_exceptions_are_reported_as_they_are(
    exercise: Exercise, telling: tuple[Case, ...]
) -> None:
    """An exception that an argument explains is told by that argument's rule, or else as raised."""
    transcript = transcript_of(program(0, 0, MISSING, False), telling[:1], exercise)
    assert [each.rule for each in judge(transcript)] == ["params-not-lifted"]
    others = tuple(rule for rule in RULES if rule.id != "params-not-lifted")
    assert [each.rule for each in judge(transcript, others)] == ["raised"]


@pytest.mark.parametrize("in_axes", IN_AXES)
@pytest.mark.parametrize("out_axes", OUT_AXES)
def test_each_deviating_argument_is_named(
    in_axes: object, out_axes: object, exercise: Exercise, telling: tuple[Case, ...]
) -> None:
    for params, split in product(PARAMS, SPLIT):
        combination = in_axes, out_axes, params, split
        transcript = transcript_of(program(*combination), telling[:1], exercise)
        findings = judge(transcript)
        assert {each.rule for each in findings} == wanted(*combination), combination
