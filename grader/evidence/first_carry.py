"""A loop with a carry of another kind than the reference's, which may raise or give an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.evidence.dimensions import dimensions_of
from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.loops import step_returns
from grader.evidence.meaning import Meaning
from grader.evidence.notation import array_text
from grader.evidence.scans import carried, is_exchanged, scanned
from grader.model.observation import ArrayType, Span, TransformRun
from grader.model.transforms import Does, Kind, transform

_OF_SHAPES: Final = re.compile(
    r"^(Type|Value)Error: (?s:.*)(carry|shape|broadcast|structure|concatenate|dimension)"
)
"""What an exception says that may come from a carry of another kind."""
_CHANGES: Final = re.compile(r"carry input and( carry)? output must have")


def first_carry(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain an exception by the one array that the loop begins with, if its type is another."""
    both = next(_loops(look), None)
    if both is None or not both[0].raised or look.raised is None:
        return None
    fits = _OF_SHAPES.search(f"{look.raised.exception}: {look.raised.message}")
    return _told(evidence, look, both) if fits else None


def begun_otherwise(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain an answer's shape by what the loop begins with; None where that may be as good."""
    both = next(_loops(look), None)
    return _told(evidence, look, both) if both is not None and not both[0].raised else None


def _told(
    evidence: Evidence, look: Look, both: tuple[TransformRun, TransformRun]
) -> Meaning | None:
    if is_exchanged(*both):
        return Meaning(
            message="the carry and what the loop goes over are in the wrong order",
            label="not the order of its arguments",
            why=f"{both[0].transform} takes the carry first: it is handed from step to step. What "
            "comes after it is taken apart along an axis.",
            help="pass the carry first, then what the loop goes over",
            span=_call(both[0], look),
        )
    ours, theirs = (carried(run) for run in both)
    alike = scanned(both[0]) == scanned(both[1])
    if not alike or ours == theirs or len(theirs) != 1 or len(ours) > 1:
        return None
    found = array_text(ours[0].dtype, ours[0].shape) if ours else "a number"
    wanted = array_text(theirs[0].dtype, theirs[0].shape)
    return Meaning(
        message=f"{both[0].transform} begins with another kind of carry than the task's",
        label=f"begins with {found}",
        why=f"The first step gets {found}, and should get {wanted} in this case.",
        help=f"begin with an array of shape {_in_words(evidence, theirs[0])}, of {theirs[0].dtype}",
        span=_call(both[0], look),
    )


def changed_carry(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain that a step returns another kind of carry, where the first one is the task's."""
    ours, theirs = next(_loops(look), (None, None))
    refused = look.raised is not None and _CHANGES.search(look.raised.message)
    if ours is None or theirs is None or not refused:
        return None
    if carried(ours) != carried(theirs) or scanned(ours) != scanned(theirs):
        return None
    returned = step_returns(evidence.source, ours.target)
    return Meaning(
        message="a step returns another kind of carry than it got",
        label="the first item isn't like the carry that came in"
        if returned is not None
        else "its step returns another kind of carry",
        why="What a step returns first goes into the next one, so it has to be like what came in.",
        help="return the new carry with the shape, type and structure that it came in with",
        span=returned or _call(ours, look),
    )


def _call(run: TransformRun, look: Look) -> Span | None:
    """Return the call that passes the carry: of a lifted class, it's that of Flax."""
    frames = look.raised.frames if look.raised is not None else ()
    lifts = transform(run.transform).kind is Kind.LIFTS
    return frames[0].span if lifts and frames else run.span


def _loops(look: Look) -> Iterator[tuple[TransformRun, TransformRun]]:
    """Yield the only run of the task's loop, beside the reference's."""
    for use in look.exercise.uses:
        if transform(use.title).does is not Does.LOOPS or transform(use.title).of_nnx:
            continue
        ours, theirs = (
            [each for each in trail.record.transforms if each.transform in use.any_of and each.ran]
            for trail in (look.actual, look.expected)
        )
        if len(ours) == 1 and theirs:
            yield ours[0], theirs[0]


def _in_words(evidence: Evidence, wanted: ArrayType) -> str:
    """Write a shape with the names of its sizes, as far as the cases tell them."""
    pairs = [(look, both) for look in evidence.looks for both in _loops(look)]
    shapes = [(look.case.sizes, carried(theirs)[0].shape) for look, (_, theirs) in pairs]
    found = dimensions_of(evidence.exercise, shapes)
    if None in found or len(found) != len(wanted.shape):
        return str(wanted.shape)
    names = [each.name for each in found if each is not None]
    return f"({', '.join(names)}{',' * (len(names) == 1)})"
