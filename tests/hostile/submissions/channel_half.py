"""Sends half of a message, and keeps the other half."""
# outcome: failed; rule: timed-out|crashed
import os
import time


def nn_vmap_forward(seed, x_batch, features):
    for number in range(3, 256):
        try:
            os.write(number, b"\x00\x00\x10\x00half")
        except OSError:
            pass
    time.sleep(1000)
