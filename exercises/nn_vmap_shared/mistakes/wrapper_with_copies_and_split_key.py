"""Three mistakes: another module, a copy of its weights for each example, a split key."""
import flax.linen as nn
import jax


class Block(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.relu(nn.Dense(self.features, name="dense")(x))


def nn_vmap_forward(seed, x_batch, features):
    BatchBlock = nn.vmap(
        Block,  # expect: wrong-module
        in_axes=0,
        out_axes=0,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchBlock(features)
    key, subkey = jax.random.split(jax.random.PRNGKey(seed))  # expect: derived-key
    variables = model.init(subkey, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
