"""The weights are not lifted, and the key is split."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(  # expect: params-not-lifted
        nn.Dense,
        in_axes=0,
        out_axes=0,
        split_rngs={"params": True},  # expect: split-params-rng
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
