"""The result is computed and never returned."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):  # expect: not-an-array
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    out = model.apply(variables, x_batch).reshape(-1)
    print(out.shape)
