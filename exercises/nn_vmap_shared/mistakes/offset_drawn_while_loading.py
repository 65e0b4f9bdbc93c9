"""Adds a random number that is drawn once, when the file is loaded."""

import random

import flax.linen as nn
import jax

OFFSET = {"scale": 2.0, "shift": random.random() + 1.0}  # expect: nondeterministic


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1) + OFFSET["shift"]
