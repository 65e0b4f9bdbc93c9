"""-1 is the last axis, which is in_dim."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    net = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"params": False},
        in_axes=(-1,),  # expect: wrong-in-axes
    )(features)
    w = net.init(jax.random.PRNGKey(seed), x_batch)
    return net.apply(w, x_batch).flatten()
