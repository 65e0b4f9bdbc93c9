"""Has jax use other random numbers and other precisions, and then does what is right."""
# outcome: failed; rule: wrong-values|wrong-dtype|derived-key|changed-layer|raised
import flax.linen as nn
import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_default_prng_impl", "unsafe_rbg")
jax.config.update("jax_default_matmul_precision", "bfloat16")
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_threefry_partitionable", False)


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
