import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    """A residual layer. Use it as it is."""

    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        """Map x (batch, width) to what the next layer gets."""
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    """Run x through `depth` layers with weights of their own, as one layer scanned with nnx.scan.

    Args:
        seed: int, for nnx.Rngs(seed).
        x: float32 array, shape (batch, width), one example per row.
        depth: int, the number of layers.

    Returns:
        float32 array, shape (batch, width): what the last layer gives.
    """
    raise NotImplementedError("make the layers with nnx.vmap, then scan over them with nnx.scan")
