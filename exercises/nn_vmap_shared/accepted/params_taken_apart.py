"""Takes kernel and bias out and hands them back in a new dict."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    params = model.init(jax.random.PRNGKey(seed), x_batch)["params"]
    kernel, bias = params["kernel"], params["bias"]
    return model.apply({"params": {"bias": bias, "kernel": kernel}}, x_batch).reshape(-1)
