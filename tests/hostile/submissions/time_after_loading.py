"""Ends its process when the file is loaded and nothing has been called yet."""
# outcome: failed|ungradable; rule: crashed
import os
import threading

threading.Timer(0.05, os._exit, [0]).start()


def nn_vmap_forward(seed, x_batch, features):
    import time

    time.sleep(1000)
