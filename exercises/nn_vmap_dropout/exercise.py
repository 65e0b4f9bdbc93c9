"""nn-vmap-dropout: shared weights, and a separate dropout mask for each example."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Number, Seed, Size

EXERCISE = Exercise(
    slug="nn-vmap-dropout",
    title="Shared weights, a dropout mask for each example",
    topic="lifted transforms",
    level=3,
    function="nn_vmap_dropout",
    parameters=(
        Seed(name="seed"),
        Array(name="x_batch", shape=("batch", "in_dim"), largest_scale=2.0**100),
        Size(name="features"),
        # 0.5 is symmetric, 0.2 distinguishes the share that is kept from the share that is dropped,
        # 0.0 draws no random numbers at all.
        Number(name="rate", choices=(0.5, 0.2, 0.0), interval=(0.0, 0.5)),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12, far=100),
        Dimension(name="in_dim", noun="the input width", largest=8, weights=True),
        Dimension(name="features", noun="the features", largest=8, weights=True),
    ),
    output=(),
    module="DenseDropout",
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (batch, features)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.LIFTED, title="DenseDropout is lifted over the batch with nn.vmap"),
        CheckSpec(check=Check.PARAMS, title="one set of weights is shared by all examples"),
        CheckSpec(check=Check.RNG, title="each stream has its own key, each example its own mask"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "Random numbers come in named streams, each with its own key. nn.vmap splits the keys of "
        "the streams that should differ between examples, and leaves the others alone."
    ),
    # Dropout divides what it keeps by 1 - rate, which is at least 0.5.
    tolerance=2.0,
)
