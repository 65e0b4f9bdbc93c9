"""Names collections and streams that a dense layer doesn't have."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None, "batch_stats": 0, "cache": 0, "intermediates": 0},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
