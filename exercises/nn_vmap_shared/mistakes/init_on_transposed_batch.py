"""Initialised on the transposed batch: right only where batch and in_dim are equal."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch.T)
    outputs = model.apply(variables, x_batch)  # expect: raised
    return outputs.reshape(-1)
