"""Leaves a thread behind that never ends and is no daemon."""
# outcome: failed; rule: wrong-shape|not-flattened; run: rarely
import threading


def spin():
    while True:
        pass


threading.Thread(target=spin).start()


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
