"""The lifted layer draws the weights, but the forward pass is a plain one."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    variables = BatchDense(features).init(jax.random.PRNGKey(seed), x_batch)
    dense = nn.Dense(features)  # expect: no-nn-vmap
    return dense.apply(variables, x_batch).reshape(-1)
