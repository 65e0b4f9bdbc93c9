"""The lifted layer is made in setup and shares the scope of its parent."""
import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int

    def setup(self):
        BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
        self.dense = BatchDense(self.features)
        nn.share_scope(self, self.dense)

    def __call__(self, x_batch):
        return self.dense(x_batch).reshape(-1)


def nn_vmap_forward(seed, x_batch, features):
    model = Layer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch)
