"""Reads the clock and draws from numpy without a seed, but not for the result."""
import time

import flax.linen as nn
import jax
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    np.random.seed(seed)
    start = time.perf_counter()
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    out = model.apply(variables, x_batch).reshape(-1).block_until_ready()
    print(f"{np.random.rand():.3f} {time.perf_counter() - start:.3f} s")
    return out
