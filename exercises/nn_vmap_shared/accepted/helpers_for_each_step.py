"""A helper for every step; the entry function only calls them."""
import flax.linen as nn
import jax


def batched(layer):
    return nn.vmap(layer, variable_axes={"params": None}, split_rngs={"params": False})


def draw(model, seed, x):
    return model.init(jax.random.PRNGKey(seed), x)


def flatten(y):
    batch, width = y.shape
    return y.reshape(batch * width)


def nn_vmap_forward(seed, x_batch, features):
    model = batched(nn.Dense)(features=features)
    return flatten(model.apply(draw(model, seed, x_batch), x_batch))
