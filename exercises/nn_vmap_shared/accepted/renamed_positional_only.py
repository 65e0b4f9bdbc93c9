"""Other names for the arguments, and only by position."""
import flax.linen as nn
import jax


def nn_vmap_forward(rng_seed, xs, n_out, /):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(n_out)
    variables = model.init(jax.random.PRNGKey(rng_seed), xs)
    return model.apply(variables, xs).reshape(-1)
