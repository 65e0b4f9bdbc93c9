"""A module around a lifted function; share_scope keeps the paths of the parameters."""
import flax.linen as nn
import jax


class Shared(nn.Module):
    features: int

    @nn.compact
    def __call__(self, xs):
        dense = nn.Dense(self.features)
        nn.share_scope(self, dense)

        def one_example(layer, x):
            return layer(x)

        lifted = nn.vmap(one_example, variable_axes={"params": None}, split_rngs={"params": False})
        return lifted(dense, xs)


def nn_vmap_forward(seed, x_batch, features):
    model = Shared(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
