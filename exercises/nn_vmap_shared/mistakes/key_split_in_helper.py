"""The helper that makes the keys splits the root."""
import flax.linen as nn
import jax


def make_rngs(seed):
    root = jax.random.PRNGKey(seed)
    params_key, dropout_key = jax.random.split(root, 2)  # expect: derived-key
    return {"params": params_key, "dropout": dropout_key}


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(make_rngs(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
