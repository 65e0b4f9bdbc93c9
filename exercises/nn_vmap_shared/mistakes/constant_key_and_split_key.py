"""The key is a constant, and it is split: the program raises before the first answer."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": True},  # expect: split-params-rng
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(0), x_batch)  # expect: ignored-seed
    return model.apply(variables, x_batch).reshape(-1)
