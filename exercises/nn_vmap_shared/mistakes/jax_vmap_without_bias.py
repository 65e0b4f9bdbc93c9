"""jax.vmap instead of nn.vmap, and no bias."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features, use_bias=False)  # expect: changed-layer
    variables = model.init(jax.random.PRNGKey(seed), x_batch[0])
    outputs = jax.vmap(model.apply, (None, 0))(variables, x_batch)  # expect: no-nn-vmap
    return outputs.reshape(-1)
