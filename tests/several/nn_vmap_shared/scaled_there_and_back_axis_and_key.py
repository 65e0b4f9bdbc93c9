"""Multiplied and divided by the same number, which rounds; the key and the axis are wrong."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=1,  # expect: wrong-out-axes
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(5), x_batch)  # expect: ignored-seed
    y = model.apply(variables, x_batch) * 3.0
    return (y / 3.0).reshape(-1)
