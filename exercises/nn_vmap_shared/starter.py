import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    """Run one dense layer on a batch, lifted with nn.vmap, with shared weights.

    Args:
        seed: int, for jax.random.PRNGKey(seed).
        x_batch: float32 array, shape (batch, in_dim).
        features: int, the number of outputs of the layer.

    Returns:
        float32 array, shape (batch * features,): the output of the layer, flattened.
    """
    raise NotImplementedError("lift nn.Dense with nn.vmap, then init, apply and flatten")
