import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    x = x_batch - x_batch.mean(axis=0)
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)  # expect: wrong-values
