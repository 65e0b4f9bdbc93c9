import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=1,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    xt = x_batch.T
    variables = model.init(jax.random.PRNGKey(3), xt)  # expect: ignored-seed
    return model.apply(variables, xt).reshape(-1)
