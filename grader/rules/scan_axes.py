"""Lifted loops over another axis of their inputs, or that stack their outputs along another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.evidence import Evidence
from grader.evidence.drawings import of_steps
from grader.evidence.edits import POSITIONS, argument_edits
from grader.evidence.lifting import axes_text
from grader.evidence.scan_faults import Fault, Knob, shown, told_by_flax
from grader.evidence.scans import axes_for, fits, output_axes_for, scanned, stacked, steps_noun
from grader.model.finding import AxisDrawing
from grader.model.observation import ArrayType, Axis, Span, TransformRun
from grader.rules.rule import Sighting


def inward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield a loop that takes its steps along another axis."""
    for each in shown(evidence, Knob.IN_AXES):
        yield _inward(evidence, each)


def _inward(evidence: Evidence, each: Fault) -> Sighting:
    run, noun = each.scan.actual, steps_noun(evidence)
    given = axes_text(run.axes("in_axes"))
    right = axes_text(axes_for(run, each.scan.expected))
    ours = _over(each) if fits(run) else None
    return Sighting(
        message=_message(each, noun, given, ours),
        label=f"goes over {ours}" if ours else _LABELS[fits(run)].format(noun),
        drawing=_drawing("the input", "gets", each, scanned),
        details=told_by_flax(each),
        why=f"{run.transform} takes one slice after the other along that axis. The carry isn't one "
        "of these inputs: in_axes has entries for the arguments after it alone.",
        help=f"go over {noun}: in_axes={right}",
        span=_place(evidence, each, "in_axes"),
        edits=argument_edits(evidence, run.span, "in_axes", right, POSITIONS["in_axes"]),
        case=each.look.case,
        evidence={"argument": "in_axes", "expected": right, "actual": given},
    )


def _drawing(
    name: str,
    relation: str,
    each: Fault,
    arrays: Callable[[TransformRun], tuple[ArrayType, ...]],
) -> AxisDrawing | None:
    ours, theirs = each.actual, each.expected
    if not isinstance(ours, tuple) or not isinstance(theirs, tuple):
        return None
    pairs = (arrays(each.scan.actual), ours), (arrays(each.scan.expected), theirs)
    return of_steps(name, relation, *pairs)


_LABELS = {True: "not the axis of {}", False: "not the structure of the arguments"}


def _message(each: Fault, noun: str, given: str, over: str | None) -> str:
    if not fits(each.scan.actual):
        return f"in_axes={given} doesn't fit: it needs an axis for each argument after the carry"
    if over is None:
        return f"in_axes={given} doesn't go over {noun}"
    return f"in_axes={given} goes over {over}, not over {noun}"


def _over(each: Fault) -> str | None:
    """Return what the axis counts that the loop goes over, if one array tells."""
    arrays, axes = scanned(each.scan.actual), each.actual
    if len(arrays) != 1 or not isinstance(axes, tuple) or len(axes) != 1 or axes[0] is None:
        return None
    return each.look.axis_noun(arrays[0].shape, axes[0])


def outward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield a loop that stacks its outputs along another axis."""
    for each in shown(evidence, Knob.OUT_AXES):
        yield _outward(evidence, each)


def _outward(evidence: Evidence, each: Fault) -> Sighting:
    run, noun = each.scan.actual, steps_noun(evidence)
    given = axes_text(run.axes("out_axes"))
    right = axes_text(output_axes_for(run, each.scan.expected))
    return Sighting(
        message=f"out_axes={given} puts the axis that counts {noun} at the wrong place",
        label=f"the outputs' axis {given} counts {noun}"
        if isinstance(run.axes("out_axes"), Axis)
        else f"not the axes of {noun}",
        drawing=_drawing("the outputs", "gives", each, stacked),
        details=told_by_flax(each),
        why="The outputs of the steps are stacked along that axis. At another place, the axes of "
        "the result are in another order.",
        help=f"put the axis where the task has it: out_axes={right}",
        span=_place(evidence, each, "out_axes"),
        edits=argument_edits(evidence, run.span, "out_axes", right, POSITIONS["out_axes"]),
        case=each.look.case,
        evidence={"argument": "out_axes", "expected": right, "actual": given},
    )


def _place(evidence: Evidence, each: Fault, name: str) -> Span | None:
    span = evidence.landmarks.keyword(each.scan.actual.span, name, POSITIONS[name])
    return span or evidence.landmarks.head
