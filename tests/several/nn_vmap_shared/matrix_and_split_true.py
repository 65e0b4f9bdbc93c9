import flax.linen as nn
import jax

KNOBS = {
    "variable_axes": {"params": None},
    "split_rngs": {"params": True},  # expect: split-params-rng
}


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(nn.Dense, **KNOBS)(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch)  # expect: not-flattened
