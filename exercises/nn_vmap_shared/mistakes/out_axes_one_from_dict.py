"""out_axes=1 comes out of a dict."""
import flax.linen as nn
import jax

AXES = {"in_axes": 0, "out_axes": 1}  # expect: wrong-out-axes


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"params": False},
        **AXES,
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
