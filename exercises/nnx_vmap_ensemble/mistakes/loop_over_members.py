"""The members are made and run one by one, in Python."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    rngs = nnx.Rngs(seed)
    outputs = []
    for _ in range(members):  # expect: missing-transform
        outputs.append(nnx.Linear(x.shape[1], features, rngs=rngs)(x))  # expect: derived-key
    return jnp.stack(outputs)
