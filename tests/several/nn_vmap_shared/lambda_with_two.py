import flax.linen as nn
import jax

model_of = lambda n: nn.vmap(nn.Dense, in_axes=0, variable_axes={"params": 0}, split_rngs={"params": True})(n)  # expect: per-example-params, split-params-rng


def nn_vmap_forward(seed, x_batch, features):
    m = model_of(features)
    v = m.init(jax.random.PRNGKey(seed), x_batch)
    return m.apply(v, x_batch).flatten("F")  # expect: wrong-order
