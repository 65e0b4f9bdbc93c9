"""wrong-nesting: nested maps are in the wrong order, so the result is transposed."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import Edits, argument_edits
from grader.evidence.lifting import axes_text
from grader.evidence.nests import Nests, over, turned
from grader.model.exercise import Check
from grader.model.observation import Axes, Axis
from grader.rules.example import ROWS_OF_ROWS, ROWS_USES
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    each = turned(evidence, same=False)
    if each is not None:
        yield _sighting(evidence, each)


def _sighting(evidence: Evidence, found: Nests) -> Sighting:
    outer, *_ = found.actual
    ours, theirs = over(found.look, outer.mapped), over(found.look, found.expected[0].mapped)
    return Sighting(
        message=f"the outer {outer.run.transform} maps over {ours}, and should map over {theirs}",
        label=f"so the result's first axis counts {ours}",
        why="The axis of the outermost map comes first in the result, that of the map inside it "
        "second. In the other order the same numbers come back transposed.",
        help=f"exchange what the two map over: {theirs} outside, {ours} inside",
        span=evidence.landmarks.keyword(outer.run.span, "in_axes", 1),
        edits=_edits(evidence, found),
        case=found.look.case,
        evidence={"expected": theirs, "actual": ours},
    )


def _edits(evidence: Evidence, found: Nests) -> Edits:
    """Exchange the axes of two maps, one made of the other."""
    if len(found.actual) != 2 or any(set(each.run.parts) != {1} for each in found.actual):
        return ()
    passed = [[operand.name for operand in each.operands] for each in found.actual]
    if passed[0] != passed[1]:  # inner functions take another array each
        return ()
    outer, inner = (each.run for each in found.actual)
    edits: Edits = ()
    for run, other in ((outer, inner), (inner, outer)):
        text = axes_text(_given(other.knob("in_axes")))
        made = argument_edits(evidence, run.span, "in_axes", text, 1)
        if not made:
            return ()
        edits = (*edits, *made)
    return edits


def _given(axes: Axes | None) -> Axes:
    return axes if axes is not None else Axis(value=0)


RULE = Rule(
    id="wrong-nesting",
    check=Check.TRANSFORM,
    title="nested maps are in the wrong order",
    explanation="""\
Each map adds an axis to the result. With the default `out_axes=0`, the axis of the outermost map
comes first, that of the map inside it second. In the wrong order, each number is right, but
is at `[j, i]` instead of `[i, j]`.
""",
    wrong=ROWS_OF_ROWS.replace("double))", "double), in_axes=1)"),
    right=ROWS_OF_ROWS,
    uses=ROWS_USES,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.vmap.html",
    find=_find,
)
