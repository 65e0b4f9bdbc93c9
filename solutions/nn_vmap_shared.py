"""One dense layer on a batch of examples, lifted with nn.vmap, the weights shared."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    """Map x_batch (batch, in_dim) to outputs of shape (batch * features,)."""
    # nn.vmap takes a module class and returns a module class. Inside, nn.Dense sees
    # one example of shape (in_dim,) and doesn't know that there is a batch.
    BatchDense = nn.vmap(
        nn.Dense,
        # The examples are counted by axis 0, of the input and of the output.
        in_axes=0,
        out_axes=0,
        # The collection "params" gets no batch axis: all examples share one kernel
        # and one bias. A 0 here would give each example its own copy.
        variable_axes={"params": None},
        # What is shared must be drawn once, so the key that the initialisers get is
        # not split. True goes with an axis above: that is how an ensemble is made.
        split_rngs={"params": False},
    )

    # The lifted class takes the same arguments as nn.Dense.
    model = BatchDense(features=features)

    # init runs the model once, on a real batch, to learn in_dim and draw the weights:
    # kernel (in_dim, features) and bias (features,), with no batch in either shape.
    key = jax.random.PRNGKey(seed)
    variables = model.init(key, x_batch)

    # apply is pure: the same variables and the same input always give the same output.
    outputs = model.apply(variables, x_batch)  # (batch, features)

    # Row by row: all features of the first example, then all of the second.
    return outputs.reshape(-1)
