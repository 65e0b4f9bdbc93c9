import flax.linen as nn
import jax


def nn_vmap_foward(seed, x_batch, features):  # expect: missing-function
    BatchDense = nn.vmap(
        nn.Dense,
        out_axes=1,  # expect: wrong-out-axes
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
