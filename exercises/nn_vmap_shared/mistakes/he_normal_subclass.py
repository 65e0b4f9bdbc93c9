"""Lifts a subclass of nn.Dense with another initialiser as its default."""
import flax.linen as nn
import jax


class HeDense(nn.Dense):
    kernel_init: nn.initializers.Initializer = nn.initializers.he_normal()  # expect: changed-layer


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(HeDense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
