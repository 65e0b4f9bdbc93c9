"""Every member folds its number into the seed's key."""

import jax
import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(number, x):
        key = jax.random.fold_in(jax.random.key(seed), number)  # expect: derived-key
        return nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(key))(x)

    return forward(jnp.arange(members), x)
