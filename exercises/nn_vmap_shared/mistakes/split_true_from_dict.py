"""The knobs are unpacked from a dict that is built step by step."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    knobs = dict(in_axes=0, out_axes=0)
    knobs["variable_axes"] = {"params": None}
    knobs["split_rngs"] = {"params": True}  # expect: split-params-rng
    BatchDense = nn.vmap(nn.Dense, **knobs)
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
