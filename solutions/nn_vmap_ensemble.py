"""Several dense layers on one input, lifted with nn.vmap, each with weights of its own."""

import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    """Map x (batch, in_dim) to the members' outputs, shape (members, batch, features)."""
    Ensemble = nn.vmap(
        nn.Dense,
        # No axis of the input is mapped: every member gets the whole of x.
        in_axes=None,
        # The members are axis 0 of the output.
        out_axes=0,
        # No array says how many members there are, so this does.
        axis_size=members,
        # The collection "params" gets an axis: member i works with kernel[i] and bias[i].
        # None here would make one layer of it, asked several times.
        variable_axes={"params": 0},
        # The initialisers' key is split along that axis. With False all members would be
        # drawn from one key: arrays of the right shape, every slice of them alike.
        split_rngs={"params": True},
    )

    # The lifted class takes the same arguments as nn.Dense.
    model = Ensemble(features=features)

    # One key goes in, and nn.vmap makes one for each member of it. The weights come out as
    # kernel (members, in_dim, features) and bias (members, features).
    variables = model.init(jax.random.PRNGKey(seed), x)

    # One call runs all members.
    return model.apply(variables, x)  # (members, batch, features)
