"""Keeps the worker's own clock from starting, and then never answers."""
# outcome: failed; rule: timed-out|crashed
import threading
import time

threading.Thread.start = lambda self: None
threading.Timer = threading.Thread = threading.Lock = lambda *_, **__: None
time.monotonic = time.perf_counter = lambda: 0.0


def nn_vmap_forward(seed, x_batch, features):
    while True:
        pass
