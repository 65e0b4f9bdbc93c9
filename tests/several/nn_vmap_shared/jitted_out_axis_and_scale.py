import flax.linen as nn
import jax
from functools import partial


@partial(jax.jit, static_argnums=2)
def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        out_axes=1,  # expect: wrong-out-axes
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1) * 0.5  # expect: wrong-values
