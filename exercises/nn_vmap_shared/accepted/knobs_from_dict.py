"""The knobs kept in a module-level dict."""
import flax.linen as nn
import jax

SHARED = dict(
    in_axes=0,
    out_axes=0,
    variable_axes={"params": None},
    split_rngs={"params": False},
)


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(nn.Dense, **SHARED)(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
