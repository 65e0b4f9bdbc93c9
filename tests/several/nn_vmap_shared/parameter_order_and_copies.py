import flax.linen as nn
import jax


def nn_vmap_forward(x_batch, seed, features):  # expect: wrong-signature
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
