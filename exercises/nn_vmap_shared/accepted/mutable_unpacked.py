"""mutable= makes apply return a pair, which is unpacked."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None, "batch_stats": 0},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    assert not updates
    return outputs.reshape(-1)
