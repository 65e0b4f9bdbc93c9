"""Three mistakes: no bias, a derived key, not flattened."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features, use_bias=False)  # expect: changed-layer
    key = jax.random.fold_in(jax.random.PRNGKey(seed), 1)  # expect: derived-key
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch)  # expect: not-flattened
