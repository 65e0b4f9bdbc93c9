"""The knobs come out of a dict, so only the call can be pointed at."""
import flax.linen as nn
import jax

AXES = {
    "in_axes": 0,
    "out_axes": 0,
    "variable_axes": {"params": 0},  # expect: per-example-params
    "split_rngs": {"params": False},
}


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(nn.Dense, **AXES)(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
