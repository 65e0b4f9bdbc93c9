"""The wrong input axis, and a split key that makes Flax raise."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=1,  # expect: wrong-in-axes
        variable_axes={"params": None},
        split_rngs={"params": True},  # expect: split-params-rng
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
