"""Every call scales the output a little more."""
import flax.linen as nn
import jax

calls = 0


def nn_vmap_forward(seed, x_batch, features):
    global calls
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = model.apply(variables, x_batch).reshape(-1) * (1.0 + calls)  # expect: stateful
    calls += 1
    return outputs
