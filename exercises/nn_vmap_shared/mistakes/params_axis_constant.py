"""The axis is a constant with a good name and the wrong value."""
import flax.linen as nn
import jax

BATCH_AXIS = 0


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=BATCH_AXIS,
        out_axes=BATCH_AXIS,
        variable_axes={"params": BATCH_AXIS},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
