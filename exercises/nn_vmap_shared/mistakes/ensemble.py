"""A proper ensemble: an axis for the weights and a key for each. Not what was asked."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": True},  # expect: split-params-rng
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
