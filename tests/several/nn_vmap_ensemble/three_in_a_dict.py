import flax.linen as nn
import jax

config = {
    "in_axes": None,
    "out_axes": 0,
    "variable_axes": {"params": None},  # expect: shared-params
    "split_rngs": {"params": False},  # expect: unsplit-params-rng
}


def nn_vmap_ensemble(seed, x, members, features):
    layer = nn.vmap(nn.Dense, axis_size=members, **config)(features=10)  # expect: ignored-features
    variables = layer.init(jax.random.PRNGKey(seed), x)
    return layer.apply(variables, x)
