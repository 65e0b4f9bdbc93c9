"""Never leaves XLA."""
# outcome: failed; rule: timed-out
import jax


def nn_vmap_forward(seed, x_batch, features):
    return jax.lax.while_loop(lambda i: i < 10, lambda i: (i + 1) % 7, 0)
