import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(  # expect: params-rng-not-lifted
        nn.Dense, in_axes=0, out_axes=0, variable_axes={"params": None}
    )
    model = BatchDense(features=4)  # expect: ignored-features
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
