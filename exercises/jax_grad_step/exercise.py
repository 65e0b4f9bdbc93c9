"""jax-grad-step: one step of gradient descent on the parameters, by jax.grad."""

from grader.exercise import Array, Check, CheckSpec, Dict, Dimension, Exercise, Number, Use

EXERCISE = Exercise(
    slug="jax-grad-step",
    title="One step down: the gradient by the right argument",
    topic="gradients",
    level=8,
    function="sgd_step",
    parameters=(
        # The loss squares, and its gradient multiplies two of these: no extreme scales.
        Dict(
            name="params",
            items=(
                Array(name="w", shape=("inputs", "outputs"), largest_scale=1.0),
                Array(name="b", shape=("outputs",), largest_scale=1.0),
            ),
        ),
        Array(name="x", shape=("batch", "inputs"), largest_scale=1.0),
        Array(name="y", shape=("batch", "outputs"), largest_scale=1.0),
        Number(name="rate", choices=(0.125, 0.5), interval=(0.01, 1.0)),
    ),
    keyword_only=("rate",),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12, far=40),
        Dimension(name="inputs", noun="the inputs", largest=6),
        Dimension(name="outputs", noun="the outputs", largest=6),
    ),
    output=(),
    uses=(Use(any_of=("jax.grad", "jax.value_and_grad"), of="loss"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns a dict with the shapes of params"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.TRANSFORM, title="jax.grad differentiates by params", weight=2.0),
        CheckSpec(check=Check.PURE, title="params isn't changed: a new dict is returned"),
    ),
    takeaway=(
        "jax.grad differentiates by its first argument, whatever tree of arrays that is, and "
        "returns the same tree. A step is a new tree: old minus rate times gradient."
    ),
    # The gradient sums products over the batch, and the step subtracts them from numbers near 1.
    tolerance=64.0,
    untaught=("missing-function", "wrong-dtype"),
)
