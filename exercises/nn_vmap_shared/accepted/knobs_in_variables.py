"""Every knob is a name."""
import flax.linen as nn
import jax

SHARED, BATCH = None, 0
PARAMS = "params"


def nn_vmap_forward(seed, x_batch, features):
    axes = {PARAMS: SHARED}
    rngs = {name: False for name in (PARAMS,)}
    BatchDense = nn.vmap(nn.Dense, in_axes=BATCH, out_axes=BATCH, variable_axes=axes, split_rngs=rngs)
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
