"""Sleeps, whatever is raised in it."""
# outcome: failed; rule: timed-out
import time


def nn_vmap_forward(seed, x_batch, features):
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            continue
