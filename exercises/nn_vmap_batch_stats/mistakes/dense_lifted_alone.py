"""nn.Dense is lifted, and the normalisation runs on the whole batch, as it also can."""
import flax.linen as nn
import jax


def nn_vmap_batch_stats(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,  # expect: wrong-module
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    dense = BatchDense(features)
    hidden = dense.apply(dense.init(jax.random.PRNGKey(seed), x_batch), x_batch)
    norm = nn.BatchNorm(use_running_average=False, momentum=0.9, epsilon=1e-3)
    variables = norm.init(jax.random.PRNGKey(seed), hidden)
    y, updates = norm.apply(variables, hidden, mutable=["batch_stats"])
    return y, updates["batch_stats"]["mean"], updates["batch_stats"]["var"]
