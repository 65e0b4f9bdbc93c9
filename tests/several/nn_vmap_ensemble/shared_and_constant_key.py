import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=members,
        variable_axes={"params": None},  # expect: shared-params
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(0), x)  # expect: ignored-seed
    return model.apply(variables, x)
