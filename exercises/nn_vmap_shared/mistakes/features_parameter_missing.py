"""Takes two arguments, where three are passed."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch):  # expect: wrong-signature
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=4)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
