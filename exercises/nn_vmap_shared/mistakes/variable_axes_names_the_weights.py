"""Names the weights instead of the collection that they are in."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"kernel": None, "bias": None},  # expect: params-not-lifted
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
