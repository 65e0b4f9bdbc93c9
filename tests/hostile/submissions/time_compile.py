"""Has a program compiled that takes XLA far longer than it takes to run."""
# outcome: failed; rule: timed-out|out-of-memory|crashed; run: rarely
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    def long(x):
        for _ in range(20_000):
            x = jnp.sin(x) @ jnp.cos(x).T @ x
        return x

    return jax.jit(long)(x_batch)
