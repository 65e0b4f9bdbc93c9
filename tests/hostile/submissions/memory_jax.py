"""Has XLA fill arrays."""
# outcome: failed; rule: out-of-memory|crashed
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    kept = []
    while True:
        kept.append(jnp.ones(1 << 24) + len(kept))
