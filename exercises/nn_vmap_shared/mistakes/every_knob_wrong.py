"""All four knobs the other way round."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=1,  # expect: wrong-in-axes
        out_axes=1,  # expect: wrong-out-axes
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": True},  # expect: split-params-rng
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
