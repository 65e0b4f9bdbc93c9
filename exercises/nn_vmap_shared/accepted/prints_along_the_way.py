"""Prints what it sees."""
import sys

import flax.linen as nn
import jax
import jax.numpy as jnp

print("loading my solution")


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    print("shapes:", jax.tree.map(jnp.shape, variables))
    outputs = model.apply(variables, x_batch)
    print("[bold]out[/bold]", outputs.shape, file=sys.stderr, flush=True)
    jax.debug.print("first: {}", outputs[0, 0])
    return outputs.reshape(-1)
