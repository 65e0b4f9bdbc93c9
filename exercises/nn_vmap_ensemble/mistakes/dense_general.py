"""nn.DenseGeneral draws one kernel for all members at once."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    model = nn.DenseGeneral((members, features))  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).transpose(1, 0, 2)
