import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    key = jax.random.fold_in(jax.random.PRNGKey(seed), features)  # expect: derived-key
    model = nn.vmap(
        nn.Dense,
        in_axes=1,
        out_axes=1,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )(features)
    xt = x_batch.T
    return model.apply(model.init(key, xt), xt).T.reshape(-1)
