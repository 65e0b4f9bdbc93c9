"""nn.vmap as a bare decorator: nothing is lifted."""
import flax.linen as nn
import jax


@nn.vmap  # expect: params-not-lifted, params-rng-not-lifted
class BatchDense(nn.Dense):
    pass


def nn_vmap_forward(seed, x_batch, features):
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
