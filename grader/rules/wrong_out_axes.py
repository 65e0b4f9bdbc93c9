"""wrong-out-axes: the lifted module puts the mapped axis elsewhere in its output."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.lifting import Knob, axes_text
from grader.evidence.notation import array_text
from grader.evidence.symptom import told_by
from grader.exercise import Check
from grader.finding import ShapeRow
from grader.observation import Axis
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look, deviation in evidence.blamed(Knob.OUT_AXES):
        given, wanted = deviation.call.out_axes, deviation.reference.call.out_axes
        noun = _noun(look, deviation)
        yield Sighting(
            message=f"out_axes={axes_text(given)} puts {noun} in another place than the task",
            label=f"{noun} belongs on axis {axes_text(wanted)} of the output"
            if isinstance(wanted, Axis)
            else f"{noun} belongs on the axes {axes_text(wanted)} of the results",
            shapes=_shapes(deviation),
            details=told_by(look, deviation),
            why="Flattening goes row by row, so with the axes swapped every number but the first "
            "and the last may land in another place."
            if look.exercise.output
            else "What comes after takes the axes for what they should be.",
            help=f"put the mapped axis where the task has it: out_axes={axes_text(wanted)}",
            span=evidence.landmarks.knob(deviation.call, Knob.OUT_AXES),
            case=look.case,
            evidence={
                "argument": "out_axes",
                "expected": axes_text(wanted),
                "actual": axes_text(given),
            },
        )


def _noun(look: Look, deviation: Deviation) -> str:
    """Return how a sentence calls the axis that the lifted module adds to its output."""
    names, axes = look.exercise.output, deviation.expected
    axis = axes[0] if isinstance(axes, tuple) and len(axes) == 1 else None
    if axis is None or not 0 <= axis < len(names):
        return "the mapped axis"
    return look.exercise.dimension(names[axis]).noun


def _shapes(deviation: Deviation) -> tuple[ShapeRow, ...]:
    run, reference = deviation.run.run, deviation.reference.run
    if run is None or reference is None:
        return ()
    alone = len(reference.outputs) == 1
    return tuple(
        ShapeRow(
            name="lifted output" if alone else f"lifted output[{index}]",
            expected=array_text(wanted.dtype, wanted.shape),
            actual=array_text(found.dtype, found.shape),
        )
        for index, (wanted, found) in enumerate(zip(reference.outputs, run.outputs, strict=False))
        if alone or wanted != found
    )


RULE = Rule(
    id="wrong-out-axes",
    check=Check.LIFTED,
    title="out_axes puts the mapped axis in the wrong place",
    explanation="""\
`out_axes` says where the axis of the examples goes in the output: `0` gives
`(batch, features)`, `1` gives `(features, batch)`. `None` says that the output is the same for all
examples, which Flax refuses when it isn't.

The numbers are right, but they stand elsewhere. Flattened, the output then runs over the features
first; a loss compares the wrong pairs, and nothing raises.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=1,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    explains=frozenset({"wrong-shape", "wrong-values", "wrong-order"}),
)
