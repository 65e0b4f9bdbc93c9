"""What jax says about a value names the learner's lines, and none of the worker's."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import jax
from flax import linen as nn
from grader.worker.serve import adapt_libraries

adapt_libraries()
kept = []

class Leaky(nn.Module):
    @nn.compact
    def __call__(self):
        kept.append({value})

jax.jit(Leaky().init)(jax.random.PRNGKey(0))
try:
    kept[0] + 1
except jax.errors.UnexpectedTracerError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "value", ["self.make_rng('params')", "self.param('w', nn.initializers.normal(), (2,))"]
)
def test_a_leaked_value_was_made_in_the_learners_line(value: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(value=value)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "JAX_PLATFORMS": "cpu"},
    )
    assert "was created on line <string>:12" in ran.stdout, ran.stderr
    assert "grader" not in ran.stdout.replace(sys.prefix, "")
