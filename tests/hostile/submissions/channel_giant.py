"""Announces the longest message that there can be, and sends none of it."""
# outcome: failed; rule: crashed|timed-out; run: rarely
import os


def nn_vmap_forward(seed, x_batch, features):
    for number in range(3, 256):
        try:
            os.write(number, b"\xff\xff\xff\xff")
        except OSError:
            pass
    while True:
        pass
