"""Answers with more numbers than are worth sending."""
# outcome: failed; rule: not-an-array
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    return [np.zeros(1 << 20, np.float32)] * 400
