import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    settings = dict(
        in_axes=0,
        out_axes=1,  # expect: wrong-out-axes
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = nn.vmap(nn.Dense, **settings)(features)
    variables = model.init(jax.random.PRNGKey(42), x_batch)  # expect: ignored-seed
    return model.apply(variables, x_batch).ravel()
