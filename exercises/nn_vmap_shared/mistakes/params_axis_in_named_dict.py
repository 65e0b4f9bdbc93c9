"""The dict is written elsewhere, and passed by name."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    axes = {"params": 0}  # expect: per-example-params
    rngs = {"params": False}
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes=axes,
        split_rngs=rngs,
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
