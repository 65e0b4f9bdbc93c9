"""wrong-out-axes: the lifted module puts the mapped axis in the wrong place of its output."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.drawings import of_outputs
from grader.evidence.edits import knob_edits
from grader.evidence.lifting import (
    Knob,
    axes_text,
    leaf_axes,
    leaf_count,
    nested,
    with_leaves,
)
from grader.evidence.notation import array_text
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.model.observation import Axes, Axis, AxisTree
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting

_NONE = Axis(value=None)


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look, deviation in evidence.blamed(Knob.OUT_AXES):
        given, wanted = deviation.call.out_axes, deviation.reference.call.out_axes
        right = axes_text(_in_its_place(deviation)) if deviation.out_places_known else None
        noun = _noun(look, deviation)
        yield Sighting(
            message=f"out_axes={axes_text(given)} {_fault(look, deviation, noun)}",
            label="must be a tuple"
            if _is_refused_tree(look, deviation)
            else f"{noun} belongs on axis {axes_text(wanted)} of the output"
            if isinstance(wanted, Axis)
            else f"{noun} belongs on the axes {axes_text(wanted)} of the results",
            shapes=_shapes(deviation),
            drawing=of_outputs(evidence, deviation),
            details=told_by(look, deviation),
            why=_why(look, deviation),
            help="put the mapped axis where the task wants it"
            + (f": out_axes={right}" if right else ", in each of the results"),
            span=evidence.landmarks.knob(deviation.call, Knob.OUT_AXES),
            edits=knob_edits(evidence, deviation.call, Knob.OUT_AXES, right) if right else (),
            case=look.case,
            evidence={
                "argument": "out_axes",
                "expected": axes_text(wanted),
                "actual": axes_text(given),
            },
        )


def _in_its_place(deviation: Deviation) -> Axes:
    """Return the reference's axes, among those of results that the reference doesn't have.

    A dict of results keeps its names.
    """
    given, wanted = deviation.call.out_axes, deviation.reference.call.out_axes
    ours = deviation.run.run.outputs if deviation.run.run is not None else ()
    places = deviation.out_places
    theirs = deviation.reference.run
    leaves = leaf_axes(wanted, len(theirs.outputs) if theirs is not None else 0)
    if not isinstance(given, AxisTree) or leaf_count(given) != len(ours) or leaves is None:
        return wanted
    if deviation.refused or len(leaves) != len(places):
        return wanted
    plain = given.kind == "tuple" and not any(isinstance(each, AxisTree) for each in given.items)
    if plain and len(places) == len(ours):
        return wanted
    entries = (Axis(value=axis) for axis in leaves)
    return with_leaves(given, dict(zip(places, entries, strict=True)))


def _fault(look: Look, deviation: Deviation, noun: str) -> str:
    """Say what is wrong with the argument."""
    given = deviation.call.out_axes
    built = _build_fault(deviation) if look.raised is not None else None
    if isinstance(given, Axis) and given.invalid is not None:
        return "isn't an axis; Flax takes a number, None, or a tuple of them"
    if built is not None:
        return built
    place = _unmapped(deviation)
    if place is not None:
        return f"puts {noun} nowhere" + (f" in result {place + 1}" if given != _NONE else "")
    if look.raised is not None and _is_out_of_range(deviation):
        return "names an axis that the output doesn't have"
    return f"puts {noun} in a different place than the task"


def _nested(deviation: Deviation) -> int | None:
    """Return the first result that is a single array but has several axes."""
    run, reference = deviation.reference.run, deviation.reference.call
    if run is None or not deviation.refused:
        return None
    return nested(deviation.call.out_axes, reference.out_axes, run.outputs)


def _build_fault(deviation: Deviation) -> str | None:
    """Say how the structure differs from the results, if it does."""
    given, wanted = deviation.call.out_axes, deviation.reference.call.out_axes
    run = deviation.reference.run
    if not isinstance(given, AxisTree):
        return None
    if isinstance(wanted, Axis) and run is not None and len(run.outputs) == 1:
        return f"is a {given.kind}, and the module returns one array"
    if given.kind != "tuple" and isinstance(wanted, AxisTree) and wanted.kind == "tuple":
        return f"is a {given.kind}; Flax takes a tuple, with an entry for each result"
    if _is_misbuilt(given, wanted):
        return "doesn't have an entry for each result"
    place = _nested(deviation)
    return (
        f"has several axes for result {place + 1}, which is one array"
        if place is not None
        else None
    )


def _is_refused_tree(look: Look, deviation: Deviation) -> bool:
    given, wanted = deviation.call.out_axes, deviation.reference.call.out_axes
    others = [isinstance(axes, AxisTree) and axes.kind != "tuple" for axes in (given, wanted)]
    return others == [True, False] and isinstance(wanted, AxisTree) and look.raised is not None


def _is_out_of_range(deviation: Deviation) -> bool:
    run, axes = deviation.reference.run, deviation.actual
    if run is None or not isinstance(axes, tuple):
        return False
    pairs = zip(axes, run.outputs, strict=False)
    return any(a is not None and not -len(o.shape) <= a < len(o.shape) for a, o in pairs)


def _is_misbuilt(given: Axes, wanted: Axes) -> bool:
    """Whether it is a tree instead of one axis, or has more or fewer entries."""
    if not isinstance(given, AxisTree):
        return False
    return not isinstance(wanted, AxisTree) or len(given.items) != len(wanted.items)


def _is_other_tree(deviation: Deviation) -> bool:
    given, wanted = deviation.call.out_axes, deviation.reference.call.out_axes
    return _is_misbuilt(given, wanted) or _nested(deviation) is not None


def _unmapped(deviation: Deviation) -> int | None:
    """Return the first of several results that has no axis but should have one."""
    wanted, found = deviation.expected, deviation.actual
    if not (isinstance(wanted, tuple) and isinstance(found, tuple)):
        return None
    pairs = enumerate(zip(wanted, found, strict=False))
    return next((n for n, (a, b) in pairs if a is not None and b is None), None)


def _why(look: Look, deviation: Deviation) -> str:
    if _is_refused_tree(look, deviation):
        return "out_axes describes the tuple of results, so it has to have the same structure."
    if look.raised is not None and _is_other_tree(deviation):
        return "out_axes has the structure of what the module returns: one axis for each array."
    if _unmapped(deviation) is not None:
        return "None says that a result is the same for all of them; this one differs."
    if not look.exercise.output:
        return "Code that uses the result relies on the order of its axes."
    return (
        "Flattening goes row by row, so with swapped axes every number except the first and the "
        "last may end up in another place."
    )


def _noun(look: Look, deviation: Deviation) -> str:
    """Return what messages call the axis that the lifted module adds to its output."""
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
    outputs = [run.outputs[place] for place in deviation.out_places]
    return tuple(
        ShapeRow(
            name="lifted output" if alone else f"lifted output[{index}]",
            expected=array_text(wanted.dtype, wanted.shape),
            actual=array_text(found.dtype, found.shape),
        )
        for index, (wanted, found) in enumerate(zip(reference.outputs, outputs, strict=False))
        if alone or wanted != found
    )


RULE = Rule(
    id="wrong-out-axes",
    check=Check.LIFTED,
    title="out_axes puts the mapped axis in the wrong place",
    explanation="""\
`out_axes` says where the axis of the examples goes in the output: `0` gives `(batch, features)`,
`1` gives `(features, batch)`. `None` says that the output is the same for all examples, and Flax
refuses it if that isn't true.

For 2 examples with 3 features each, each number is the example that gives that part:

```text
out_axes=0    out_axes=1
  0 0 0         0 1
  1 1 1         0 1
                0 1
```

The numbers are right, but in the wrong places. If you flatten the output, it runs over the features
first; a loss compares the wrong pairs, and nothing raises.
""",
    wrong=RIGHT.replace("out_axes=0", "out_axes=1"),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
)
