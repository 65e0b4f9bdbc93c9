"""No axis of the input is mapped: each example sees the whole batch."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=None,  # expect: wrong-in-axes
        out_axes=0,
        axis_size=x_batch.shape[0],
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
