"""Keys that are tuples and frozensets of names."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={("params", "intermediates"): None, ("batch_stats",): 0},
        split_rngs={frozenset({"params"}): False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
