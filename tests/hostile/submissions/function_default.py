"""Has a default value whose text is never ready, in a signature that doesn't fit."""
# outcome: failed|ungradable; rule: timed-out|wrong-signature


class Default:
    def __repr__(self):
        while True:
            pass


def nn_vmap_forward(seed, x_batch=Default()):
    return x_batch
