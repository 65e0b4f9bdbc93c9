import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    """Run an ensemble of dense layers on one input, lifted with nn.vmap.

    Args:
        seed: int, for jax.random.PRNGKey(seed).
        x: float32 array, shape (batch, in_dim), the same for every member.
        members: int, the number of layers, each with its own weights.
        features: int, the number of outputs of each layer.

    Returns:
        float32 array, shape (members, batch, features).
    """
    raise NotImplementedError("lift nn.Dense with nn.vmap along the members, then init and apply")
