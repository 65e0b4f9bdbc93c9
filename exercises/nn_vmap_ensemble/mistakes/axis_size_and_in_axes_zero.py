"""The input is mapped, and said to be as long as there are members."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=0,  # expect: wrong-in-axes
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
