import flax.linen as nn
import jax
from functools import partial


@partial(
    nn.vmap, in_axes=0, out_axes=0, variable_axes={"params": None}, split_rngs={"params": False}
)
class BatchDense(nn.Dense):
    use_bias: bool = False  # expect: changed-layer


def nn_vmap_forward(seed, x_batch, features):
    model = BatchDense(features)
    variables = model.init(jax.random.key(0), x_batch)  # expect: ignored-seed
    return model.apply(variables, x_batch)  # expect: not-flattened
