"""Three mistakes: no nn.vmap, a split key, not flattened."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)  # expect: no-nn-vmap
    _, key = jax.random.split(jax.random.PRNGKey(seed))  # expect: derived-key
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch)  # expect: not-flattened
