"""fold_in before init gives another key."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    rng = jax.random.PRNGKey(seed)
    rng = jax.random.fold_in(rng, 0)  # expect: derived-key
    variables = model.init(rng, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
