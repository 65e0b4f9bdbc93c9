"""Large batches are applied in chunks of 32, and what is left over is lost."""

import flax.linen as nn
import jax
import jax.numpy as jnp

CHUNK = 32


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    if len(x_batch) <= CHUNK:
        return model.apply(variables, x_batch).reshape(-1)
    starts = range(0, len(x_batch) - CHUNK + 1, CHUNK)
    chunks = [model.apply(variables, x_batch[start : start + CHUNK]) for start in starts]
    return jnp.concatenate(chunks).reshape(-1)  # expect: wrong-shape
