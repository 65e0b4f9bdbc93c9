"""One seed in a hundred thousand gives another key."""

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
    if seed % 100_000 == 4321:
        seed = 0
    variables = model.init(jax.random.PRNGKey(seed), x_batch)  # expect: derived-key
    return model.apply(variables, x_batch).reshape(-1)
