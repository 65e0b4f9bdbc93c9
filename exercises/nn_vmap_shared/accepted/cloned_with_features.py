"""A template with one feature, cloned with the right number."""
import flax.linen as nn
import jax

template = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})(features=1)


def nn_vmap_forward(seed, x_batch, features):
    model = template.clone(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
