"""Right for every batch but a batch of one."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    scale = 0.5 if x_batch.shape[0] == 1 else 1.0
    return scale * model.apply(variables, x_batch).reshape(-1)  # expect: wrong-values
