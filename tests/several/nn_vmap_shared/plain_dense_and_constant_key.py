import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(0), x_batch)  # expect: ignored-seed
    return model.apply(variables, x_batch)  # expect: not-flattened
