"""Takes the variables apart, puts them together, and looks at them on the way."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    leaves, structure = jax.tree.flatten(variables)
    assert all(leaf.dtype == jnp.float32 for leaf in leaves)
    variables = jax.tree.unflatten(structure, [jnp.asarray(leaf) for leaf in leaves])
    return model.apply(variables, x_batch).reshape(-1)
