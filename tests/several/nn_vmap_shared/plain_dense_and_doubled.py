import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return 2 * model.apply(variables, x_batch).reshape(-1)  # expect: wrong-values
