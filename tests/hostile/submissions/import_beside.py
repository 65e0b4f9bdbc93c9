"""Imports a module that lies beside it: a submission is one file."""
# outcome: ungradable; rule: import-failed; says: one file
import neighbour


def nn_vmap_forward(seed, x_batch, features):
    return neighbour.answer(seed, x_batch, features)
