"""Says that its call took a time that is no number."""
# outcome: failed; rule: crashed|wrong-shape|not-flattened
import grader.worker.subject as subject

subject._clock = lambda: float("nan")


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
