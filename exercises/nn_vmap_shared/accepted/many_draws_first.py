"""Draws weights again and again first, and keeps none: slow, and right."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    """Map x_batch (batch, in_dim) to outputs of shape (batch * features,)."""
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )

    model = BatchDense(features=features)

    key = jax.random.PRNGKey(seed)
    draw = nn.initializers.lecun_normal()
    for _ in range(300):
        draw(key, (x_batch.shape[1], features))
    variables = model.init(key, x_batch)

    outputs = model.apply(variables, x_batch)  # (batch, features)

    return outputs.reshape(-1)
