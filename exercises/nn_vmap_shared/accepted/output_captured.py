"""Takes the output that the lifted layer left in a collection of its own."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None, "intermediates": 0},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = {"params": model.init(jax.random.PRNGKey(seed), x_batch)["params"]}
    _, state = model.apply(
        variables, x_batch, capture_intermediates=True, mutable=["intermediates"]
    )
    (outputs,) = state["intermediates"]["__call__"]
    return outputs.reshape(-1)
