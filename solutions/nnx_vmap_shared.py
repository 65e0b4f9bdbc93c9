"""One linear layer on a batch of examples, mapped with nnx.vmap, the weights shared."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    """Map x_batch (batch, in_dim) to outputs of shape (batch * features,)."""
    # A module of NNX is an object that has its weights as soon as it is made: kernel
    # (in_dim, features) and bias (features,), drawn from the keys that the Rngs gives.
    in_dim = x_batch.shape[1]
    model = nnx.Linear(in_dim, features, rngs=nnx.Rngs(seed))

    # The function is written for one example x, of shape (in_dim,). in_axes has an entry
    # for each of its arguments: None for the model says that no axis of its weights is
    # mapped, so all examples use the same ones. A 0 would look for weights of their own.
    @nnx.vmap(in_axes=(None, 0), out_axes=0)
    def forward(model, x):
        return model(x)

    outputs = forward(model, x_batch)  # (batch, features)

    # Row by row: all features of the first example, then all of the second.
    return outputs.reshape(-1)
