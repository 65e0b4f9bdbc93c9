"""nn-vmap-experts: a class that lifts a module inside of itself, beside other layers."""

from grader.exercise import (
    Array,
    Check,
    CheckSpec,
    Dimension,
    Exercise,
    FlaxClass,
    Library,
    Seed,
    Size,
)

EXERCISE = Exercise(
    slug="nn-vmap-experts",
    title="A mixture of experts: a module that lifts a module",
    topic="modules",
    level=11,
    function="Mixture",
    flax_class=FlaxClass(library=Library.LINEN, fields=("experts", "features")),
    parameters=(
        Seed(name="seed"),
        Array(name="x", shape=("batch", "inputs"), largest_scale=16.0),
        Size(name="experts"),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="experts", noun="the experts", largest=6, weights=True, far=17),
        Dimension(name="batch", noun="the batch", largest=12, far=40),
        Dimension(name="inputs", noun="the inputs", largest=6, weights=True),
        Dimension(name="features", noun="the features", largest=6, weights=True),
    ),
    output=(),
    module="Expert",
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the module"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns an array (batch, features)"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.LIFTED, title="Expert is lifted over the experts with nn.vmap"),
        CheckSpec(check=Check.PARAMS, title="every expert has its own weights, along axis 0"),
        CheckSpec(check=Check.RNG, title="nn.vmap splits the key among the experts"),
        CheckSpec(check=Check.TASK, title="the parameters are experts, gate and scale, no others"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "A module may lift another one and call it like any layer: one name, one tree, an axis for "
        "the experts. What starts at one or at zero is a parameter, too, though no output shows it."
    ),
    # An expert, the gate's softmax and the sum over the experts each round.
    tolerance=16.0,
)
