"""Settings of JAX that don't change what is computed here, and an unused key."""

import flax.linen as nn
import jax

jax.config.update("jax_debug_nans", True)
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_rank_promotion", "raise")
EXAMPLE_KEY = jax.random.PRNGKey(1)


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
    return model.apply(variables, x_batch).reshape(-1)
