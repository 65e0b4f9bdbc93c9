"""nn.Dense takes a batch anyway, so the output is right; nn.vmap was not used."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
