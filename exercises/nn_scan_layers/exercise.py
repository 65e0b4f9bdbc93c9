"""nn-scan-layers: a deep stack of equal layers as one scanned layer, by nn.scan."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size, Use

EXERCISE = Exercise(
    slug="nn-scan-layers",
    title="Many layers as one scanned layer, by nn.scan",
    topic="lifted transforms",
    level=10,
    function="deep_network",
    parameters=(
        Seed(name="seed"),
        Array(name="x", shape=("batch", "width")),
        Size(name="depth"),
    ),
    dimensions=(
        Dimension(name="depth", noun="the layers", largest=6, weights=True, far=17),
        Dimension(name="batch", noun="the batch", largest=8, far=40),
        Dimension(name="width", noun="the width", largest=6, weights=True),
    ),
    output=(),
    uses=(Use(any_of=("nn.scan",), of="Layer"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (batch, width)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(
            check=Check.TRANSFORM, title="Layer is scanned over the depth with nn.scan", weight=2.0
        ),
        CheckSpec(check=Check.PARAMS, title="every layer has its own weights, along axis 0"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed), split by nn.scan"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "A scanned layer is traced once, however deep the network is. Its weights have an axis for "
        "the layers, and its key is split along it."
    ),
    # Each layer rounds anew what it got from the one before.
    tolerance=16.0,
    untaught=("missing-function", "wrong-dtype", "stateful"),
)
