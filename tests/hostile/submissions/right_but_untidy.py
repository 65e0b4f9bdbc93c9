"""Is right, and leaves a thread, a file, handlers, hooks and a deep recursion limit behind."""
# outcome: passed
import atexit
import signal
import sys
import threading
import time

import flax.linen as nn
import jax

atexit.register(time.sleep, 1000)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.setrecursionlimit(100_000)
threading.Thread(target=threading.Event().wait).start()
open("left", "w").write("something")


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
