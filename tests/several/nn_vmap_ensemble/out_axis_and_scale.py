import flax.linen as nn
import jax
from functools import partial

make = partial(
    nn.vmap,
    nn.Dense,
    in_axes=None,
    out_axes=1,  # expect: wrong-out-axes
    variable_axes={"params": 0},
    split_rngs={"params": True},
)


def nn_vmap_ensemble(seed, x, members, features):
    model = make(axis_size=members)(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x) / members  # expect: wrong-values
