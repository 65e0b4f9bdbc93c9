"""Raises in a thread, in an exit handler and in the hook for exceptions, and then leaves."""
# outcome: failed; rule: crashed
import atexit
import os
import sys
import threading

sys.excepthook = lambda *_: os._exit(0)
threading.excepthook = lambda *_: os._exit(0)
atexit.register(os._exit, 0)


def nn_vmap_forward(seed, x_batch, features):
    threading.Thread(target=lambda: 1 / 0).start()
    while True:
        pass
