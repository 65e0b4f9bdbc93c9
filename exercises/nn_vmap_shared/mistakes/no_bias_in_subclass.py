"""A subclass that turns the bias off by default."""
import flax.linen as nn
import jax


class LinearMap(nn.Dense):
    use_bias: bool = False  # expect: changed-layer


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(LinearMap, variable_axes={"params": None}, split_rngs={"params": False})(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
