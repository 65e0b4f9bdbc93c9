"""A copy of the weights for each example, and an activation."""
import flax.linen as nn
import jax

AXES = {"params": 0}  # expect: per-example-params


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes=AXES, split_rngs={"params": False})
    model = BatchDense(features)
    params = model.init(jax.random.PRNGKey(seed), x_batch)
    out = model.apply(params, x_batch)
    out = nn.relu(out)
    return out.reshape(-1)  # expect: wrong-values
