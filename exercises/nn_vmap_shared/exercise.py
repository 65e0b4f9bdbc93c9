"""nn-vmap-shared: one dense layer, lifted over a batch, with one set of weights for all of it."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size

EXERCISE = Exercise(
    slug="nn-vmap-shared",
    title="One layer for a batch, with shared weights",
    topic="lifted transforms",
    level=1,
    function="nn_vmap_forward",
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
    module="nn.Dense",
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns a flat array of batch * features"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.LIFTED, title="nn.Dense is lifted over the batch with nn.vmap"),
        CheckSpec(check=Check.PARAMS, title="one set of weights is shared by all examples"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed), not split"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "In a lifted transform you say for each variable collection whether it is shared (None) or "
        "gets an axis, and for each RNG stream whether it is split along that axis."
    ),
)
