import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(0), x_batch)  # expect: ignored-seed
    return jnp.round(model.apply(variables, x_batch), 2).reshape(-1)  # expect: wrong-values
