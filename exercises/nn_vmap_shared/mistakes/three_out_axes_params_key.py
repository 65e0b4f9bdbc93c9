"""Three mistakes: the output axis, a copy of the weights for each example, a split key."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=1,  # expect: wrong-out-axes
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    rng, init_rng = jax.random.split(jax.random.PRNGKey(seed))  # expect: derived-key
    variables = model.init(init_rng, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
