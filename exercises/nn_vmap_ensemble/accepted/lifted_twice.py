"""Over the batch with shared weights, then over the members, each with its own weights."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    OverBatch = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    OverMembers = nn.vmap(
        OverBatch,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = OverMembers(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
