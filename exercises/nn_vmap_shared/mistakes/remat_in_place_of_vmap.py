"""Lifts nn.Dense with nn.remat, which maps nothing."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.remat(nn.Dense)(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)  # expect: no-nn-vmap
