"""lax-scan-decay: a running sum that forgets, one step after the other, by jax.lax.scan."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Number, Use

EXERCISE = Exercise(
    slug="lax-scan-decay",
    title="A running sum that forgets, by jax.lax.scan",
    topic="loops",
    level=7,
    function="decayed_sums",
    parameters=(
        Array(name="x", shape=("time", "width")),
        # 1.0 forgets nothing, 0.0 everything.
        Number(name="decay", choices=(0.5, 0.75, 1.0, 0.0), interval=(0.0, 1.0)),
    ),
    dimensions=(
        Dimension(name="time", noun="the steps", largest=12, far=60),
        Dimension(name="width", noun="the width", largest=8),
    ),
    output=(),
    uses=(Use(any_of=("jax.lax.scan",), of="step"),),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (time, width)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(
            check=Check.TRANSFORM,
            title="jax.lax.scan carries the sum from step to step",
            weight=2.0,
        ),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "scan hands what a step returns first to the next step, and stacks what it returns second. "
        "State that changes over time is a carry, not a variable outside of the loop."
    ),
    # Each step rounds the sum anew.
    tolerance=16.0,
    untaught=("missing-function", "wrong-dtype", "stateful"),
)
