"""Names a class of modules as the function is to be named."""
import flax.linen as nn


class nn_vmap_forward(nn.Module):  # expect: missing-function
    features: int

    @nn.compact
    def __call__(self, x):
        Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
        return Lifted(self.features)(x).reshape(-1)
