"""nnx-grad-adapter: one step that trains a part of an NNX module, by nnx.grad and nnx.DiffState."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Number, Seed, Use

EXERCISE = Exercise(
    slug="nnx-grad-adapter",
    title="Train a part of a module, by nnx.grad",
    topic="NNX",
    level=12,
    function="adapter_step",
    parameters=(
        Seed(name="seed"),
        # The loss squares, and its gradient multiplies two of these: no extreme scales.
        Array(name="x", shape=("batch", "inputs"), largest_scale=1.0),
        Array(name="y", shape=("batch", "outputs"), largest_scale=1.0),
        Number(name="rate", choices=(0.125, 0.5), interval=(0.01, 1.0)),
    ),
    keyword_only=("rate",),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12, far=40),
        Dimension(name="inputs", noun="the inputs", largest=6, weights=True),
        Dimension(name="outputs", noun="the outputs", largest=6, weights=True),
    ),
    output=(),
    uses=(Use(any_of=("nnx.grad", "nnx.value_and_grad"), of="loss"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns a dict of scale and shift"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(
            check=Check.TRANSFORM, title="nnx.grad differentiates by the adapter", weight=2.0
        ),
        CheckSpec(check=Check.PARAMS, title="the base is the starter's layer"),
        CheckSpec(check=Check.RNG, title="the weights come from nnx.Rngs(seed)"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "nnx.grad differentiates an object by its nnx.Param. nnx.DiffState(0, Adapter) takes the "
        "variables of another type, and everything else stays as it is."
    ),
    # The gradient sums products over the batch, and the step subtracts them from numbers near 1.
    tolerance=64.0,
    untaught=("missing-function", "wrong-dtype", "wrong-shape", "stateful"),
)
