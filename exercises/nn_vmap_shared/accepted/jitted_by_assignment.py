"""The name is bound to a compiled function by an assignment."""
import flax.linen as nn
import jax


def _forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)


nn_vmap_forward = jax.jit(_forward, static_argnames=("features",))
