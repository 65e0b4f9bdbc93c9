"""A factory returns the forward function."""
import flax.linen as nn
import jax


def make_forward(features):
    model = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})(features)

    def forward(seed, x):
        variables = model.init(jax.random.PRNGKey(seed), x)
        return model.apply(variables, x).reshape(-1)

    return forward


def nn_vmap_forward(seed, x_batch, features):
    return make_forward(features)(seed, x_batch)
