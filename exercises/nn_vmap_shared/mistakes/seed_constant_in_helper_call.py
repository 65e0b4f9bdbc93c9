"""A helper makes the key, and is handed a constant."""
import flax.linen as nn
import jax


def make(n):
    return jax.random.PRNGKey(n)


def nn_vmap_forward(seed, x_batch, features):
    """Map x_batch (batch, in_dim) to outputs of shape (batch * features,)."""
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    key = make(7)  # expect: ignored-seed
    variables = model.init(key, x_batch)
    outputs = model.apply(variables, x_batch)
    return outputs.reshape(-1)
