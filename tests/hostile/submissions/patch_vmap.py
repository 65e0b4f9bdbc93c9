"""Puts a function in the place of nn.vmap that lifts nothing."""
# outcome: failed; run: rarely
import flax.linen as nn
import flax.linen.transforms as transforms
import jax

nn.vmap = transforms.vmap = lambda target, *_, **__: target


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(nn.Dense, in_axes=0, out_axes=0)(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch)
