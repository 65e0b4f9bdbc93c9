from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    """Run several linear layers on one input, made and run with nnx.vmap.

    Args:
        seed: int, for nnx.Rngs(seed).
        x: float32 array, shape (batch, in_dim), the same for every member.
        members: int, the number of layers.
        features: int, the number of outputs of each layer.

    Returns:
        float32 array, shape (members, batch, features).
    """
    raise NotImplementedError("make the members with nnx.vmap, then map them over x")
