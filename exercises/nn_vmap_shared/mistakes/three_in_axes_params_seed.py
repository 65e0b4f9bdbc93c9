"""Three mistakes: the input axis, the axis of the weights, the seed."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=1,  # expect: wrong-in-axes
        out_axes=0,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(0), x_batch)  # expect: ignored-seed
    return model.apply(variables, x_batch).reshape(-1)
