"""nnx-vmap-ensemble: one input, several layers of NNX, each with its own weights."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size, Use

EXERCISE = Exercise(
    slug="nnx-vmap-ensemble",
    title="One input, several layers, in NNX",
    topic="NNX",
    level=11,
    function="nnx_vmap_ensemble",
    parameters=(
        Seed(name="seed"),
        Array(name="x", shape=("batch", "in_dim"), largest_scale=2.0**100),
        Size(name="members"),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="members", noun="the members", largest=6, weights=True, far=17),
        Dimension(name="batch", noun="the batch", largest=12, far=100),
        Dimension(name="in_dim", noun="the input width", largest=8, weights=True),
        Dimension(name="features", noun="the features", largest=8, weights=True),
    ),
    output=(),
    uses=(Use(any_of=("nnx.vmap",), of="forward"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (members, batch, features)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.TRANSFORM, title="the members are mapped with nnx.vmap"),
        CheckSpec(check=Check.PARAMS, title="every member has its own weights"),
        CheckSpec(check=Check.RNG, title="the weights come from nnx.Rngs(seed), split once"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "Make the members inside nnx.vmap, each from its own split of the stream, and map the "
        "object that comes out: its weights have an axis, and every slice of it differs."
    ),
)
