"""A recorded setting in short."""

from __future__ import annotations

import flax.linen as nn
import jax
import pytest

from grader.evidence.setting_names import value_name
from grader.worker.settings import text_of

NAMES = {
    "glorot_uniform()": nn.initializers.glorot_uniform(),
    "glorot_normal()": nn.initializers.xavier_normal(),
    "he_normal()": nn.initializers.kaiming_normal(),
    "he_uniform()": nn.initializers.he_uniform(),
    "lecun_normal()": nn.initializers.lecun_normal(),
    "lecun_uniform()": nn.initializers.lecun_uniform(),
    "variance_scaling(3.0, fan_in, normal)": nn.initializers.variance_scaling(
        3.0, "fan_in", "normal"
    ),
    "normal(stddev=0.02)": nn.initializers.normal(0.02),
    "uniform(scale=0.1)": nn.initializers.uniform(0.1),
    "constant(value=0.5)": nn.initializers.constant(0.5),
    "orthogonal(scale=1.0)": nn.initializers.orthogonal(),
    "zeros": nn.initializers.zeros,
    "lambda …": lambda *args: jax.numpy.ones(args[1]),
    "float16": jax.numpy.float16,
    "0.5": 0.5,
    "True": True,
    "None": None,
    "'dropout'": "dropout",
}


@pytest.mark.parametrize(("name", "value"), NAMES.items())
def test_values_have_the_names_that_programs_use(name: str, value: object) -> None:
    assert value_name(text_of(value)) == name
