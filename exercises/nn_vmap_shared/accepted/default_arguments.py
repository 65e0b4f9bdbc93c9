"""Defaults for what is passed, and one more argument that isn't."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed: int = 0, x_batch=None, features: int = 4, flatten: bool = True):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = model.apply(variables, x_batch)
    return outputs.reshape(-1) if flatten else outputs
