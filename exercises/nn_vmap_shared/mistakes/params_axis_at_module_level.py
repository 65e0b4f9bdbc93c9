"""The lifted class is made at import, with from flax.linen import vmap."""
import jax
from flax.linen import Dense, vmap

SharedDense = vmap(
    Dense,
    variable_axes={"params": 0},  # expect: per-example-params
    split_rngs={"params": False},
)


def nn_vmap_forward(seed, x_batch, features):
    layer = SharedDense(features)
    variables = layer.init(jax.random.PRNGKey(seed), x_batch)
    return layer.apply(variables, x_batch).ravel()
