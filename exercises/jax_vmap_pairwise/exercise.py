"""jax-vmap-pairwise: a function of two points, mapped over all pairs by two nested jax.vmap."""

from grader.exercise import Array, Check, CheckSpec, Dimension, Exercise, Use

EXERCISE = Exercise(
    slug="jax-vmap-pairwise",
    title="All pairs, with one jax.vmap inside another",
    topic="batching",
    level=6,
    function="pairwise",
    parameters=(
        Array(name="x", shape=("n", "dim"), largest_scale=2.0**100),
        Array(name="y", shape=("m", "dim"), largest_scale=2.0**100),
    ),
    dimensions=(
        Dimension(name="n", noun="the points of x", largest=12, far=100),
        Dimension(name="m", noun="the points of y", largest=12, far=90),
        Dimension(name="dim", noun="the coordinates", largest=8),
    ),
    output=(),
    uses=(Use(any_of=("jax.vmap",), of="distance"),),
    forbids=("jnp.vectorize",),
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (n, m)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(
            check=Check.TRANSFORM,
            title="distance is mapped by one jax.vmap inside another",
            weight=2.0,
        ),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "jax.vmap maps one axis. To map two axes independently, map the mapped function again: "
        "None in in_axes keeps an argument fixed, and the outermost axis comes first in the result."
    ),
    # A sum of coordinates may be rounded in any order.
    tolerance=2.0,
    untaught=("missing-function", "wrong-dtype", "stateful"),
)
