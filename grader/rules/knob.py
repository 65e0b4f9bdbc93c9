"""What rules about `variable_axes` and `split_rngs` share: the place, and what to write there."""

from __future__ import annotations

from collections.abc import Mapping

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation, collections_text, split_text
from grader.evidence.edits import knob_edits
from grader.evidence.lifting import Knob
from grader.model.finding import AxisDrawing, ShapeRow
from grader.rules.rule import Sighting


def entry_sighting(
    evidence: Evidence,
    look: Look,
    deviation: Deviation,
    *,
    message: str,
    label: str,
    why: str,
    step: str,
    details: tuple[str, ...],
    shapes: tuple[ShapeRow, ...] = (),
    drawing: AxisDrawing | None = None,
    values: Mapping[str, object] | None = None,
) -> Sighting:
    """Describe the entry for one collection or stream; `step` says what the right dict does."""
    knob, name, call = deviation.knob, deviation.name, deviation.call
    is_axes = knob is Knob.VARIABLE_AXES
    wanted = (collections_text if is_axes else split_text)(look.expected, deviation)
    return Sighting(
        message=message,
        label=label,
        shapes=shapes,
        drawing=drawing,
        details=details,
        why=why,
        help=f"{step}: {knob.value}={wanted}",
        span=evidence.landmarks.knob(call, knob, name),
        edits=knob_edits(evidence, call, knob, wanted),
        case=look.case,
        evidence={
            "argument": knob.value,
            "collection" if is_axes else "stream": name,
            **(values or {}),
        },
    )
