import flax.linen as nn
import jax


class Batched(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        Lifted = nn.vmap(
            nn.Dense,
            in_axes=0,
            out_axes=1,  # expect: wrong-out-axes
            variable_axes={"params": 0},  # expect: per-example-params
            split_rngs={"params": False},
        )
        layer = Lifted(self.features)
        nn.share_scope(self, layer)
        return layer(x)


def nn_vmap_forward(seed, x_batch, features):
    model = Batched(features)
    variables = model.init(jax.random.PRNGKey(0), x_batch)  # expect: ignored-seed
    return model.apply(variables, x_batch).reshape(-1)
