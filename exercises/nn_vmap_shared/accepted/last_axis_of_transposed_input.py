"""in_axes=-1 is right here: the batch is the last axis of x_batch.T."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=-1,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    columns = jnp.moveaxis(jnp.asarray(x_batch), 0, -1)
    variables = model.init(jax.random.PRNGKey(seed), columns)
    return model.apply(variables, columns).reshape(-1)
