"""Everything by its full name."""
import flax
import flax.linen
import jax


def nn_vmap_forward(seed, x_batch, features):
    lifted = flax.linen.vmap(
        flax.linen.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = lifted(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return jax.numpy.reshape(model.apply(variables, x_batch), -1)
