"""Turns the settings of jax around that the worker depends on."""
# outcome: failed
import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "tpu")
jax.config.update("jax_default_prng_impl", "rbg")
jax.config.update("jax_debug_nans", True)
jax.config.update("jax_compilation_cache_dir", "/")
jax.config.update("jax_disable_jit", True)


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
