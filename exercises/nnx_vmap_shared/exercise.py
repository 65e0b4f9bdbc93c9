"""nnx-vmap-shared: one layer of NNX, mapped over a batch, with one set of weights for all of it."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size, Use

EXERCISE = Exercise(
    slug="nnx-vmap-shared",
    title="One layer for a batch, in NNX",
    topic="NNX",
    level=10,
    function="nnx_vmap_shared",
    parameters=(
        Seed(name="seed"),
        Array(name="x_batch", shape=("batch", "in_dim"), largest_scale=2.0**100),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12, far=100),
        Dimension(name="in_dim", noun="the input width", largest=8, weights=True),
        Dimension(name="features", noun="the features", largest=8, weights=True),
    ),
    output=("batch", "features"),
    uses=(Use(any_of=("nnx.vmap",), of="forward"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns a flat array of batch * features"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.TRANSFORM, title="the layer is mapped over the batch with nnx.vmap"),
        CheckSpec(check=Check.PARAMS, title="one set of weights is shared by all examples"),
        CheckSpec(check=Check.RNG, title="the weights come from nnx.Rngs(seed)"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "nnx.vmap maps objects as well as arrays: in_axes says for each argument whether its "
        "arrays are shared (None) or have an axis, and StateAxes says it for each kind of variable."
    ),
)
