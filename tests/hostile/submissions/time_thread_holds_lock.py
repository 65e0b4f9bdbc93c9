"""Has a thread hold the interpreter's lock, so that not even the worker can answer."""
# outcome: failed; rule: timed-out; run: rarely
import threading

def nn_vmap_forward(seed, x_batch, features):
    threading.Thread(target=lambda: sum(range(10**12))).start()
    return x_batch
