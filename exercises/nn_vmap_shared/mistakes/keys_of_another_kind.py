"""A setting at the top makes all keys of another kind, which draw other numbers."""

import flax.linen as nn
import jax

jax.config.update("jax_default_prng_impl", "rbg")  # expect: derived-key


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
