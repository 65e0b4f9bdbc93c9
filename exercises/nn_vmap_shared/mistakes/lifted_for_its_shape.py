"""Looks at the lifted layer's shape, and returns what a plain one gives."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y = model.apply(variables, x_batch)
    print(y.shape)
    z = nn.Dense(features).apply(variables, x_batch)  # expect: no-nn-vmap
    return z.reshape(-1)
