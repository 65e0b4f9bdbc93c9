from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    """Run one linear layer on a batch, mapped with nnx.vmap, with weights that are shared.

    Args:
        seed: int, for nnx.Rngs(seed).
        x_batch: float32 array, shape (batch, in_dim), one example per row.
        features: int, the number of outputs of the layer.

    Returns:
        float32 array, shape (batch * features,), the outputs example by example.
    """
    raise NotImplementedError("make one nnx.Linear, and map it over the batch with nnx.vmap")
