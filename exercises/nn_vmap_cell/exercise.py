"""nn-vmap-cell: a recurrent cell for one example, lifted over a carry and an input."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size

EXERCISE = Exercise(
    slug="nn-vmap-cell",
    title="A cell for one example, two inputs, two axes",
    topic="lifted transforms",
    level=4,
    function="nn_vmap_cell",
    parameters=(
        Seed(name="seed"),
        Array(name="carry", shape=("features", "batch")),
        Array(name="x_batch", shape=("batch", "in_dim")),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12, far=100),
        Dimension(name="in_dim", noun="the input width", largest=8, weights=True),
        Dimension(name="features", noun="the features", largest=8, weights=True),
    ),
    output=(),
    module="Cell",
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns a tuple of the new carry and the output"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.LIFTED, title="Cell is lifted over carry and input with nn.vmap"),
        CheckSpec(check=Check.PARAMS, title="one set of weights is shared by all examples"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed), not split"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "You don't have to change a module written for one example. in_axes and out_axes have an "
        "entry for each argument and each result, which says which axis counts the examples."
    ),
    # Two layers in a row round the output; the tanh between them has a slope of at most 1.
    tolerance=4.0,
)
