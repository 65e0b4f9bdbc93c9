"""Is right, beside a crowd of threads that keep all processors busy."""
# outcome: passed|failed; run: rarely
import threading

import flax.linen as nn
import jax


def spin():
    while True:
        pass


for _ in range(8):
    threading.Thread(target=spin, daemon=True).start()


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
