"""A batch of one batch, lifted twice."""
import flax.linen as nn
import jax

shared = dict(variable_axes={"params": None}, split_rngs={"params": False})


def nn_vmap_forward(seed, x_batch, features):
    Twice = nn.vmap(nn.vmap(nn.Dense, **shared), **shared)
    model = Twice(features)
    x = x_batch[None]
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
