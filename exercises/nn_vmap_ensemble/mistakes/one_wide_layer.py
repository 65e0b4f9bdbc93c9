"""One layer with members * features outputs, cut up: no members, and other numbers."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    wide = nn.Dense(members * features)  # expect: no-nn-vmap
    variables = wide.init(jax.random.PRNGKey(seed), x)
    outputs = wide.apply(variables, x)
    return outputs.reshape(x.shape[0], members, features).swapaxes(0, 1)
