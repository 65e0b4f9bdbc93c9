"""The batch comes out last, and is put first again before flattening."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=1,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y = model.apply(variables, x_batch)
    return y.transpose().flatten()
