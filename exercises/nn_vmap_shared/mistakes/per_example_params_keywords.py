"""Every example gets its own copy of the weights; the output is right anyway."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
