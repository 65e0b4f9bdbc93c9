"""Prints the answer and ends the process, as a script might."""
import sys

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    print(model.apply(variables, x_batch).reshape(-1))
    sys.exit()  # expect: crashed
