"""init is compiled, its key given away, and the weights compared with those of a plain init."""

from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)

    @partial(jax.jit, donate_argnums=0)
    def init(key):
        return model.init(key, x)

    variables = init(jax.random.key(seed))
    plain = model.init(jax.random.key(seed), x)
    assert jax.tree.all(jax.tree.map(jnp.array_equal, variables, plain))
    return model.apply(variables, x)
