import flax.linen as nn
import jax
from functools import partial

lift = partial(
    nn.vmap,
    in_axes=1,  # expect: wrong-in-axes
    out_axes=0,
    variable_axes={"params": None},
    split_rngs={"params": False},
)


def nn_vmap_forward(seed, x_batch, features):
    model = lift(nn.Dense)(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch)  # expect: not-flattened
