"""nn.vmap lifts a method that doesn't give the answer."""

import flax.linen as nn
import jax


class Layer(nn.Dense):
    def show(self, x):
        return x


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        Layer, variable_axes={"params": None}, split_rngs={"params": False}, methods=["show"]  # expect: no-nn-vmap
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    model.apply(variables, x_batch, method="show")
    return model.apply(variables, x_batch).reshape(-1)
