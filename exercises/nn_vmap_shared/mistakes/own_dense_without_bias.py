"""A dense layer written by hand, with other weights and no bias."""
import flax.linen as nn
import jax


class MyDense(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        kernel = self.param("kernel", nn.initializers.normal(), (x.shape[-1], self.features))
        return x @ kernel


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        MyDense,  # expect: wrong-module
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
