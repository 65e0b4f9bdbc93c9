"""Is a little quicker than it has to be each time, and says that it took no time at all."""
# outcome: failed; rule: wrong-values|wrong-shape|timed-out|split-params-rng|per-example-params
import time

import grader.worker.subject as subject

subject._clock = lambda: 0.0


def nn_vmap_forward(seed, x_batch, features):
    time.sleep(0.8)
    return x_batch[:, :1].repeat(features, axis=0).reshape(-1)
