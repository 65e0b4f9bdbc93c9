"""Answers, and hangs when the answer is thrown away."""
# outcome: failed; rule: timed-out|not-an-array


class Answer:
    def __del__(self):
        while True:
            pass


def nn_vmap_forward(seed, x_batch, features):
    return Answer()
