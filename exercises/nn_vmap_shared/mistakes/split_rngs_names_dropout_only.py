"""Copied from a module with dropout: the stream of the weights isn't named."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"dropout": True},  # expect: params-rng-not-lifted
    )
    model = BatchDense(features)
    key = jax.random.PRNGKey(seed)
    variables = model.init({"params": key, "dropout": key}, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
