"""apply gets variables["params"] instead of all the variables."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    params = model.init(jax.random.PRNGKey(seed), x_batch)["params"]
    outputs = model.apply(params, x_batch)  # expect: raised
    return outputs.reshape(-1)
