"""jax.vmap as a decorator on a function for one example."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch[0])

    @jax.vmap  # expect: no-nn-vmap
    def forward(x):
        return model.apply(variables, x)

    return forward(x_batch).reshape(-1)
