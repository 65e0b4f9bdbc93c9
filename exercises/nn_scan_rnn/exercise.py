"""nn-scan-rnn: a recurrent cell over all steps of a batch of sequences, by nn.scan."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size, Use

EXERCISE = Exercise(
    slug="nn-scan-rnn",
    title="A recurrent cell over time, by nn.scan",
    topic="lifted transforms",
    level=9,
    function="scanned_rnn",
    parameters=(
        Seed(name="seed"),
        Array(name="x", shape=("batch", "time", "inputs")),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=6, far=40),
        Dimension(name="time", noun="the steps", largest=8, far=40),
        Dimension(name="inputs", noun="the input width", largest=6, weights=True),
        Dimension(name="features", noun="the features", largest=6, weights=True),
    ),
    output=(),
    uses=(Use(any_of=("nn.scan",), of="Cell"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (batch, time, features)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(
            check=Check.TRANSFORM, title="Cell is scanned over the steps with nn.scan", weight=2.0
        ),
        CheckSpec(check=Check.PARAMS, title="one set of weights is shared by all steps"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed), not split"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "nn.scan hands the carry from step to step, and slices the other arguments along an axis. "
        "What all steps share, such as a cell's weights, is broadcast, and its key isn't split."
    ),
    # Each step rounds anew what it got from the last one.
    tolerance=16.0,
    untaught=("missing-function", "wrong-dtype", "stateful"),
)
