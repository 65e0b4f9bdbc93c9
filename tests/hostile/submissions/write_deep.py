"""Makes folders in folders in folders, deeper than a path can be long."""
# outcome: failed; rule: timed-out|crashed|raised
import os
import time


def nn_vmap_forward(seed, x_batch, features):
    while True:
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
