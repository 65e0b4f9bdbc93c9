"""Asks for a model that nobody passes."""
import jax


def nn_vmap_forward(seed, x_batch, features, model):  # expect: wrong-signature
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
