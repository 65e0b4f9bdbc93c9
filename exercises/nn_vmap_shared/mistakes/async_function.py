"""Is a coroutine function, which nobody awaits."""
import flax.linen as nn
import jax


async def nn_vmap_forward(seed, x_batch, features):  # expect: not-an-array
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
