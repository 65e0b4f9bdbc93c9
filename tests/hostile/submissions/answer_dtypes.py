"""Answers with arrays of types that hold anything but numbers."""
# outcome: failed; rule: not-an-array; run: rarely
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    return [
        np.array([object()]),
        np.array(["x" * 10_000]),
        np.zeros(3, [("a", "f4"), ("b", "O")]),
        np.zeros((0,) * 30),
        np.datetime64("now"),
        np.zeros((1,) * 60),
        10**5000,
        float("nan"),
    ]
