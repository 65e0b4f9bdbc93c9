"""Shared, unsplit, and no size."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(  # expect: wrong-axis-size
        nn.Dense,
        in_axes=None,
        variable_axes={"params": None},  # expect: shared-params
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = Ensemble(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
