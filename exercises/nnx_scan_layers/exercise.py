"""nnx-scan-layers: a deep stack of equal layers of NNX as one scanned layer, by nnx.scan."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size, Use

EXERCISE = Exercise(
    slug="nnx-scan-layers",
    title="Many layers as one scanned layer, in NNX",
    topic="NNX",
    level=12,
    function="nnx_scan_layers",
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
    uses=(Use(any_of=("nnx.scan",), of="forward"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (batch, width)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.TRANSFORM, title="the layers are scanned with nnx.scan", weight=2.0),
        CheckSpec(check=Check.PARAMS, title="every layer has its own weights"),
        CheckSpec(check=Check.RNG, title="the weights come from nnx.Rngs(seed), split once"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "nnx.scan goes over an object as over an array: each step gets a slice of all its arrays, "
        "which is one layer. nnx.Carry marks what goes from layer to layer."
    ),
    # Each layer rounds anew what it got from the one before.
    tolerance=16.0,
    untaught=("missing-function", "wrong-dtype", "stateful"),
)
