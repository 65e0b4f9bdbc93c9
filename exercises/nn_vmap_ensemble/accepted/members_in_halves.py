"""The members are cut into two groups, each mapped by itself."""

import flax.linen as nn
import jax
import jax.numpy as jnp



def ens(members, features):
    return nn.vmap(nn.Dense, in_axes=None, out_axes=0, axis_size=members, variable_axes={"params": 0}, split_rngs={"params": True})(features=features)


def nn_vmap_ensemble(seed, x, members, features):
    v = ens(members, features).init(jax.random.PRNGKey(seed), x)
    half = (members + 1) // 2
    out = [ens(half, features).apply(jax.tree.map(lambda p: p[:half], v), x)]
    if members > half:
        out.append(ens(members - half, features).apply(jax.tree.map(lambda p: p[half:], v), x))
    return jnp.concatenate(out)
