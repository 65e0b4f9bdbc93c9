"""Reads its weights from a file that is not there."""
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    kernel = np.load("weights.npy")  # expect: raised
    return (x_batch @ kernel[:, :features]).reshape(-1)
