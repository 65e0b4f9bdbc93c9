"""One layer over a batch, as in the exercise before: right there, wrong here."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,  # expect: wrong-in-axes
        out_axes=0,
        variable_axes={"params": None},  # expect: shared-params
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
