"""A chain of functions, with the arguments of nn.vmap in a class."""
from functools import partial, reduce

import jax
from flax import linen as fnn


class Knobs:
    axes = {"params": None}
    split = {"params": False}


lift = partial(fnn.vmap, in_axes=(0,), variable_axes=Knobs.axes, split_rngs=Knobs.split)


def nn_vmap_forward(s, xs, width):
    steps = (
        lambda x: (lift(fnn.Dense)(features=width), x),
        lambda p: p[0].init_with_output(jax.random.key(s), p[1])[0],
        lambda y: y.ravel(),
    )
    return reduce(lambda value, step: step(value), steps, xs)
