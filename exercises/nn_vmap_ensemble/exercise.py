"""nn-vmap-ensemble: one input, several dense layers, each with its own weights."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size

EXERCISE = Exercise(
    slug="nn-vmap-ensemble",
    title="One input, several layers, each with its own weights",
    topic="lifted transforms",
    level=2,
    function="nn_vmap_ensemble",
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
    module="nn.Dense",
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (members, batch, features)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.LIFTED, title="nn.Dense is lifted over the members with nn.vmap"),
        CheckSpec(check=Check.PARAMS, title="every member has its own weights"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed), split by nn.vmap"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "An ensemble is a lifted layer: its parameters have an axis, and its key is split along "
        "that axis. You need both: an axis alone makes copies that never learn to differ."
    ),
)
