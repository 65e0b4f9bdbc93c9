"""The outputs stand in columns, and are doubled."""
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
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return 2 * model.apply(variables, x_batch).reshape(-1)  # expect: wrong-values
