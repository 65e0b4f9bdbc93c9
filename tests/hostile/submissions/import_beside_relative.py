"""Imports from the package that it would be in, and by a path of its own."""
# outcome: ungradable; rule: import-failed
import importlib.util
import os

path = os.path.join(os.path.dirname(__file__), "neighbour.py")
spec = importlib.util.spec_from_file_location("neighbour", path)
neighbour = importlib.util.module_from_spec(spec)
spec.loader.exec_module(neighbour)


def nn_vmap_forward(seed, x_batch, features):
    return neighbour.answer(seed, x_batch, features)
