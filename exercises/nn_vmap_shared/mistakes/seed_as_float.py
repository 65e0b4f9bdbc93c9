"""The seed is turned into a float, and a key is made of a whole number."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(float(seed)), x_batch)  # expect: raised
    return model.apply(variables, x_batch).reshape(-1)
