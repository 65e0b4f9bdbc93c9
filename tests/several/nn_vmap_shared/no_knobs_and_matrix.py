import flax.linen as nn
import jax


def build(features):
    return nn.vmap(nn.Dense, in_axes=0, out_axes=0)(features)  # expect: params-not-lifted, params-rng-not-lifted


def nn_vmap_forward(seed, x_batch, features):
    model = build(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch)  # expect: not-flattened
