"""Is right for the first call, and for the shapes that it has seen, and wrong from then on."""
# outcome: failed; rule: stateful|wrong-values
import flax.linen as nn
import jax

calls = []


def nn_vmap_forward(seed, x_batch, features):
    calls.append(x_batch.shape)
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    answer = model.apply(variables, x_batch).reshape(-1)
    return answer if len(calls) < 3 else answer * 0
