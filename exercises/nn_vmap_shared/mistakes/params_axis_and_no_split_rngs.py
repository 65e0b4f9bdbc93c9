"""The weights have an axis, and split_rngs is left out."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(  # expect: params-rng-not-lifted
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": 0},  # expect: per-example-params
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
