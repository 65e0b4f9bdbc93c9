"""A name that older releases had."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, in_axes=0, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    variables = jax.tree_map(lambda leaf: leaf, variables)  # expect: raised
    return model.apply(variables, x_batch).reshape(-1)
