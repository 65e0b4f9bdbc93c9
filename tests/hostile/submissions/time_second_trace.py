"""Hangs when it is traced, and answers wrongly when it is called."""
# outcome: failed; run: rarely
import jax


def nn_vmap_forward(seed, x_batch, features):
    while isinstance(x_batch, jax.core.Tracer):
        pass
    return x_batch
