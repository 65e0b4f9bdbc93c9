"""One layer, and its output written out for all."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    model = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=1,  # expect: wrong-axis-size
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )(features)
    out = model.apply(model.init(jax.random.PRNGKey(seed), x), x)
    return jnp.repeat(out, members, axis=0)
