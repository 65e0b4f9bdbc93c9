"""Good manners elsewhere, wrong here: the key is split before init."""
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
    key = jax.random.PRNGKey(seed)
    key, init_key = jax.random.split(key)  # expect: derived-key
    variables = model.init(init_key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
