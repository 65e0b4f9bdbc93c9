"""Leaves no module behind that the worker could still import."""
# outcome: failed|ungradable
import sys

sys.path[:] = []
sys.meta_path[:] = []
sys.path_hooks[:] = []
for name in list(sys.modules):
    sys.modules[name] = None


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
