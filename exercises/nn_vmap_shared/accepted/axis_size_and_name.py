"""Says the size and the name of the batch axis too."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"params": False},
        in_axes=0,
        out_axes=0,
        axis_size=x_batch.shape[0],
        axis_name="batch",
        methods=["__call__"],
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
