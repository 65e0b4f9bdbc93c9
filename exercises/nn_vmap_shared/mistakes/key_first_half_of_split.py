"""Initialises with the first half of a split key."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    rng = jax.random.PRNGKey(seed)
    init_rng, data_rng = jax.random.split(rng)  # expect: derived-key
    variables = model.init(init_rng, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
