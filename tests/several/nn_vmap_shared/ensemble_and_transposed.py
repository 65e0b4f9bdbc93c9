"""Weights of each example's own, and columns first."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": True},  # expect: split-params-rng
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return jnp.transpose(model.apply(variables, x_batch)).reshape(-1)  # expect: wrong-order
