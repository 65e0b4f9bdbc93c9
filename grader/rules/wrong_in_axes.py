"""wrong-in-axes: the lifted module maps over another axis of its input."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import Knob, axes_text, inner_shapes
from grader.evidence.notation import array_text
from grader.exercise import Check
from grader.finding import ShapeRow
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look, deviation in evidence.blamed(Knob.IN_AXES):
        call = deviation.call
        given = f"in_axes={axes_text(call.in_axes)}"
        yield Sighting(
            message=_message(look, deviation, given),
            label=_label(look, deviation),
            shapes=_shapes(deviation),
            details=text_lines(look.raised) if look.raised else (),
            why="The module sees slices that are no examples: its weights get another "
            "shape, which changes with the batch size."
            if call.in_axes != deviation.reference.call.in_axes
            else "The axes of the input were swapped on the way.",
            help=_help(look, deviation),
            span=evidence.landmarks.knob(call, Knob.IN_AXES),
            case=look.case,
            evidence={
                "argument": "in_axes",
                "expected": axes_text(deviation.reference.call.in_axes),
                "actual": axes_text(call.in_axes),
            },
        )


def _message(look: Look, deviation: Deviation, given: str) -> str:
    wanted = _wanted_noun(look, deviation)
    found = _noun(look, deviation)
    if given.startswith("in_axes=[") and look.raised is not None:
        return f"{given} is a list; Flax takes a tuple, with an entry for each argument"
    if _is_whole(deviation.expected):
        return (
            f"{given} maps over {found or 'an axis of the input'}; nothing of it should be mapped"
        )
    if _is_whole(deviation.actual):
        return f"{given} maps over nothing; it should map over {wanted}"
    if found is not None and found != wanted:
        return f"{given} maps over {found}, not over {wanted}"
    return f"{given} doesn't map over {wanted}"


def _is_whole(axes: object) -> bool:
    """Whether no array is mapped, so that all see the whole of them."""
    return isinstance(axes, tuple) and set(axes) == {None}


def _help(look: Look, deviation: Deviation) -> str:
    wanted = f"in_axes={axes_text(deviation.reference.call.in_axes)}"
    if _is_whole(deviation.expected):
        return f"let everyone see the whole input: {wanted}"
    return f"let in_axes name the axis that counts {_wanted_noun(look, deviation)}: {wanted}"


def _label(look: Look, deviation: Deviation) -> str:
    if axes_text(deviation.call.in_axes).startswith("["):
        return "has to be a tuple"
    noun = _noun(look, deviation)
    return f"walks along {noun}" if noun is not None else "not the axis that counts the examples"


def _noun(look: Look, deviation: Deviation) -> str | None:
    """Return how a sentence calls the axis that is mapped over."""
    run = deviation.run.run
    return look.mapped_noun(deviation.call, run.inputs if run is not None else ())


def _wanted_noun(look: Look, deviation: Deviation) -> str:
    """Return how a sentence calls the axis that should be mapped over."""
    run, call = deviation.reference.run, deviation.reference.call
    return look.mapped_noun(call, run.inputs if run is not None else ()) or "the examples"


def _shapes(deviation: Deviation) -> tuple[ShapeRow, ...]:
    """Return what one example looks like to the inner module."""
    run, reference = deviation.run.run, deviation.reference.run
    if run is None or reference is None:
        return ()
    wanted = inner_shapes(deviation.reference.call, reference.inputs) or ()
    found = inner_shapes(deviation.call, run.inputs) or ()
    pairs = zip(wanted, found, strict=False)
    return tuple(
        ShapeRow(
            name="one example",
            expected=array_text(w.dtype, w.shape),
            actual=array_text(f.dtype, f.shape),
        )
        for w, f in pairs
        if w.shape != f.shape
    )


RULE = Rule(
    id="wrong-in-axes",
    check=Check.LIFTED,
    title="in_axes maps over the wrong axis of the input",
    explanation="""\
`in_axes` says which axis of each input counts the examples. The lifted module takes that axis
away and runs the inner module once for each index along it. `None` maps nothing: every example
sees the whole array.

With another axis the inner module sees slices across the batch. Its weights then have the batch
size in their shape, and each output mixes all examples. Where the array happens to be square,
not even a shape tells.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=1,
        out_axes=0,
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
