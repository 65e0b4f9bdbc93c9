"""Raises what Python raises to end a generator."""
# outcome: failed; rule: raised


def nn_vmap_forward(seed, x_batch, features):
    raise GeneratorExit("done")
