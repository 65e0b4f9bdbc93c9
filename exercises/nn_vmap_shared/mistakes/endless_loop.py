"""Waits for something that never happens."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    step = 0
    while step < 10:  # expect: timed-out
        outputs = model.apply(variables, x_batch)
    return outputs.reshape(-1)
