"""Is right, and tries in passing what it must not: what is refused is no mistake of the answer."""
# outcome: passed
import os
import socket

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    for act in (
        lambda: open("@HOME@/.netrc").read(),
        lambda: os.listdir(os.path.dirname(__file__)),
        lambda: socket.create_connection(("127.0.0.1", int("@PORT@"))),
        lambda: os.fork(),
        lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "touch @HOME@/new"], {}),
    ):
        try:
            print("ESCAPED", act())
        except OSError:
            pass
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
