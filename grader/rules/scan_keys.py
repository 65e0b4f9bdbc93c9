"""Keys of a lifted loop that are split where all steps need the same, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import POSITIONS, argument_edits
from grader.evidence.lifting import Unlisted
from grader.evidence.scan_faults import Fault, Knob, shown, told_by_flax
from grader.evidence.scans import passed, split, steps_noun
from grader.rules.rule import Sighting
from grader.rules.scan_weights import Names, of_params, value_of


def split_keys(evidence: Evidence) -> Iterator[Sighting]:
    """Yield streams of which each step gets its own key, although they should have one."""
    noun = steps_noun(evidence)
    for each in shown(evidence, Knob.STREAM):
        if each.actual is True:
            yield _stream(
                evidence,
                each,
                message=f'the "{each.name}" key is split: each of {noun} would draw from its own',
                label=f'splits "{each.name}" along {noun}',
                why="What all of them share must be drawn once. With split keys each step would "
                "draw other numbers, so there is nothing to share.",
                step="draw from one key",
            )


def unsplit(evidence: Evidence, names: Names) -> Iterator[Sighting]:
    """Yield streams that are passed on with one key, although each step should have its own."""
    noun = steps_noun(evidence)
    for each in shown(evidence, Knob.STREAM):
        if names(each.name) and each.actual is False:
            things = "their weights" if of_params(each.name) else "the same numbers"
            yield _stream(
                evidence,
                each,
                message=f'the "{each.name}" key is not split: all of {noun} draw {things} from it',
                label=f'passes "{each.name}" on unsplit',
                details=tuple(_alike(each)),
                why="Weights that are drawn from one key start out identical. You can't see it in "
                "any shape, and nothing raises."
                if of_params(each.name)
                else "Everything drawn from one key is the same in each step.",
                step="give each its own key",
            )


def _alike(each: Fault) -> Iterator[str]:
    """Name the variables that have the same numbers for each step."""
    for variable in each.look.actual.variables:
        axis = passed(each.scan.actual, variable.collection)
        if isinstance(axis, int) and axis in variable.alike_along and variable.largest:
            name = "/".join((variable.collection, *variable.path))
            yield f"All slices of {name} are the same numbers."
            return


def unlisted_streams(evidence: Evidence, names: Names) -> Iterator[Sighting]:
    """Yield streams that the loop doesn't pass on."""
    for each in shown(evidence, Knob.STREAM):
        if names(each.name) and isinstance(each.actual, Unlisted):
            yield _stream(
                evidence,
                each,
                message=f'split_rngs doesn\'t name "{each.name}", so the steps have no key for it',
                label=f'says nothing about "{each.name}"',
                why="A stream that split_rngs doesn't name is not passed on: there is nothing to "
                "draw from.",
                step="name it",
            )


def _stream(
    evidence: Evidence,
    each: Fault,
    *,
    message: str,
    label: str,
    why: str,
    step: str,
    details: tuple[str, ...] = (),
) -> Sighting:
    run = each.scan.actual
    text = _wanted(each)
    place = POSITIONS["split_rngs"]
    listed = not isinstance(each.actual, Unlisted)
    span = evidence.landmarks.keyword(run.span, "split_rngs", place) if listed else run.span
    return Sighting(
        message=message,
        label=label,
        details=(*details, *told_by_flax(each)),
        why=why,
        help=f"{step}: split_rngs={text}",
        span=span or evidence.landmarks.head,
        edits=argument_edits(evidence, run.span, "split_rngs", text, place),
        case=each.look.case,
        evidence={
            "argument": "split_rngs",
            "stream": each.name,
            "expected": each.expected,
            "actual": value_of(each.actual),
        },
    )


def _wanted(each: Fault) -> str:
    """Write `split_rngs` with all streams that the reference draws from."""
    expected = each.scan.look.expected
    names = dict.fromkeys(key.stream for root in expected.record.roots for key in root.keys)
    ways = {name: split(each.scan.expected, name) for name in names}
    pairs = (f'"{name}": {way}' for name, way in ways.items() if isinstance(way, bool))
    return "{" + ", ".join(pairs) + "}"
