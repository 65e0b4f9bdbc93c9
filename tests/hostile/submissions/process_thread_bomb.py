"""Starts threads with tiny stacks until nobody can start anything."""
# outcome: failed; rule: crashed|raised|out-of-memory|timed-out
import threading


def nn_vmap_forward(seed, x_batch, features):
    threading.stack_size(32768)
    held = threading.Lock()
    held.acquire()
    while True:
        try:
            threading.Thread(target=held.acquire, daemon=True).start()
        except (RuntimeError, MemoryError):
            pass
