"""The mapped function takes the model, but the call leaves it out."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    in_dim = x_batch.shape[1]
    model = nnx.Linear(in_dim, features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, 0), out_axes=0)
    def forward(model, x):
        return model(x)

    outputs = forward(x_batch)  # expect: raised

    return outputs.reshape(-1)
