"""Prints how long it has been since the file was loaded, which no answer depends on."""

import time

import flax.linen as nn
import jax

STARTED = round(time.time(), 3)


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
    y = model.apply(variables, x_batch).reshape(-1)
    print(f"{time.time() - STARTED:.1f} s since the file was loaded")
    return y
