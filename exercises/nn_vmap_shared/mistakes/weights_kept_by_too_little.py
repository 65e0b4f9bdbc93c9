"""What was computed is kept by too little: another shape of as many elements gets the old answer."""

import flax.linen as nn
import jax

KEPT = {}


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    size = (seed, x_batch.size, features)
    if size not in KEPT:  # expect: stateful
        KEPT[size] = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(KEPT[size], x_batch).reshape(-1)
