"""Profiling names around the steps."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    with jax.named_scope("init"):
        variables = model.init(jax.random.PRNGKey(seed), x_batch)
    with jax.named_scope("apply"), jax.default_matmul_precision("float32"):
        outputs = model.apply(variables, x_batch)
    return outputs.reshape(-1)
