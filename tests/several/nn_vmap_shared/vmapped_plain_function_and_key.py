import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)
    variables = model.init(jax.random.PRNGKey(1), x_batch[0])  # expect: ignored-seed
    return jax.vmap(lambda x: model.apply(variables, x))(x_batch)  # expect: no-nn-vmap
