"""Is right while it is traced, and wrong when it is called."""
# outcome: failed; rule: wrong-values
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    answer = model.apply(variables, x_batch).reshape(-1)
    return answer if isinstance(answer, jax.core.Tracer) else answer + 1
