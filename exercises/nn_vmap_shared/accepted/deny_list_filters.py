"""Everything but the collections and streams that are named."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={nn.DenyList("batch_stats"): None, "batch_stats": 0},
        split_rngs={nn.DenyList(("dropout",)): False, "dropout": True},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
