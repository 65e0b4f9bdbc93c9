"""Shared, unsplit, and always four of them."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    model = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=4,  # expect: wrong-axis-size
        variable_axes={"params": None},  # expect: shared-params
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
