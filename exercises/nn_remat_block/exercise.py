"""nn-remat-block: the gradient of a block that computes its activations again, by nn.remat."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size, Use

EXERCISE = Exercise(
    slug="nn-remat-block",
    title="The same gradient with less memory, by nn.remat",
    topic="lifted transforms",
    level=9,
    function="remat_gradient",
    parameters=(
        Seed(name="seed"),
        Array(name="x", shape=("batch", "width"), largest_scale=1.0),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12, far=40),
        Dimension(name="width", noun="the width", largest=6, weights=True),
        Dimension(name="features", noun="the features", largest=6, weights=True),
    ),
    output=(),
    uses=(Use(any_of=("nn.remat", "nn.checkpoint"), of="Block"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns the gradient: a dict like the parameters"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.TRANSFORM, title="Block is lifted with nn.remat", weight=2.0),
        CheckSpec(check=Check.PARAMS, title="the parameters have the block's names and sizes"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed)"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "nn.remat changes what is kept for the gradient, not what is computed. Lift the class, not "
        "the instance; the parameters and their names stay the same."
    ),
    # Two layers, their gradients, and a mean over the batch.
    tolerance=32.0,
    untaught=("missing-function", "wrong-dtype", "wrong-shape", "stateful"),
)
