"""Has a thread hold the interpreter's lock, so that not even the worker can answer."""
# outcome: failed|ungradable; rule: timed-out
import threading

threading.Thread(target=lambda: sum(range(10**12))).start()


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
