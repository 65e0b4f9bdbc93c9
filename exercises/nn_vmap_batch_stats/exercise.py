"""nn-vmap-batch-stats: batch normalisation for one example, its statistics shared and updated."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size

EXERCISE = Exercise(
    slug="nn-vmap-batch-stats",
    title="Examples that look at each other, with shared statistics",
    topic="lifted transforms",
    level=5,
    function="nn_vmap_batch_stats",
    parameters=(
        Seed(name="seed"),
        # The variance squares the layer's output, but the tolerance grows only with the input:
        # above a scale of 2**7, two right programs could differ by more than that.
        Array(name="x_batch", shape=("batch", "in_dim"), largest_scale=2.0**7),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12, far=100),
        Dimension(name="in_dim", noun="the input width", largest=8, weights=True),
        Dimension(name="features", noun="the features", largest=8, weights=True),
    ),
    output=(),
    module="DenseNorm",
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns a tuple of output, mean and variance"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.LIFTED, title="DenseNorm is lifted over a named axis with nn.vmap"),
        CheckSpec(check=Check.PARAMS, title="weights and statistics are shared, and updated"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed), not split"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "A named axis lets a module for one example look at the others. What they compute together "
        "is the same for all, so they can share its collection; mutable returns the update."
    ),
    # Normalising divides by sqrt(var + 1e-3): if the examples are nearly the same, the layer's
    # rounding errors grow by 1 / sqrt(1e-3), which is 32.
    tolerance=32.0,
)
