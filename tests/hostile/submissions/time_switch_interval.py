"""Asks the interpreter never to change threads, and then keeps it."""
# outcome: failed; rule: timed-out
import sys


def nn_vmap_forward(seed, x_batch, features):
    sys.setswitchinterval(10**6)
    while True:
        pass
