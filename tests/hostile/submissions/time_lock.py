"""Waits for a lock that it holds itself, and so for ever."""
# outcome: failed; rule: timed-out; run: rarely
import threading


def nn_vmap_forward(seed, x_batch, features):
    lock = threading.Lock()
    with lock, lock:
        return x_batch
