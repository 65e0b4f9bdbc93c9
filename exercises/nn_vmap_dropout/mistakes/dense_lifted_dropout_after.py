"""nn.Dense alone is lifted; the mask is drawn for the whole batch at once, by hand."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchDense = nn.vmap(
        nn.Dense,  # expect: wrong-module
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(params_key, x_batch)
    outputs = model.apply(variables, x_batch)
    kept = jax.random.bernoulli(dropout_key, 1 - rate, outputs.shape)
    return jnp.where(kept, outputs / (1 - rate), 0.0)
