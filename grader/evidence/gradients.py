"""With respect to what a submission differentiates, compared with the reference."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from grader.evidence.differentiated import Chosen, chosen, object_at, objects, types_of
from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.uses import single
from grader.model.case import arrays_of
from grader.model.exercise import Use
from grader.model.observation import ArrayType, Axes, Axis, TransformRun, digest
from grader.model.transforms import Does, transform


class Gradients(msgspec.Struct, frozen=True, kw_only=True):
    """One run of both sides in one case, and the arguments that each is differentiated by.

    `types` are those of the variables that the reference's gradient by an object of NNX has.
    `chosen` are the variables, if both are by the only object, but by others of it.
    """

    look: Look
    expected: TransformRun
    actual: TransformRun
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    types: tuple[str, ...] = ()
    chosen: Chosen | None = None


def gradients(evidence: Evidence) -> Iterator[Gradients]:
    """Yield each case that failed, where both sides differentiate by arguments of the task."""
    for use in evidence.exercise.uses:
        if transform(use.title).does is Does.DIFFERENTIATES:
            for look in evidence.looks:
                if look.failed:
                    yield from _of_look(look, use)


def raised_by_gradient(evidence: Evidence, look: Look) -> bool:
    """Whether a case raised after a gradient by another argument, which has another form.

    Which argument it is may show in other cases alone: here two may have the same numbers.
    """
    others = [
        each.actual.span
        for each in gradients(evidence)
        if set(each.found) != set(each.wanted) or each.chosen is not None
    ]
    ran = [run.span for run in look.actual.record.transforms if run.ran and not run.raised]
    return bool(set(others) & set(ran))


def _of_look(look: Look, use: Use) -> Iterator[Gradients]:
    both = single(look, use)
    if both is None:
        return
    (ours, *_), (theirs, *_) = both
    found, wanted = by(look, ours, theirs), by(look, theirs, theirs)
    if found and wanted:
        other = _chosen(ours, theirs) if found == wanted else None
        yield Gradients(
            look=look,
            expected=theirs,
            actual=ours,
            wanted=wanted,
            found=found,
            types=types_of(theirs),
            chosen=other,
        )


def _chosen(ours: TransformRun, theirs: TransformRun) -> Chosen | None:
    """Return the variables of the only object that both are differentiated by, if others are."""
    place, other = (
        [each for each in _positions(run.knob("argnums")) if each in objects(run)]
        for run in (ours, theirs)
    )
    return chosen(ours, theirs, place[0], other[0]) if len(place) == len(other) == 1 else None


def by(look: Look, run: TransformRun, reference: TransformRun) -> tuple[str, ...]:
    """Name what a gradient is taken by; empty if that isn't certain.

    It is an argument of the task, or else of the function that the reference differentiates.
    """
    names: list[str] = []
    for place in _positions(run.knob("argnums")):
        name = argument_at(look, run, place, reference)
        if name is None:
            return ()
        names.append(name)
    return tuple(names)


def argument_at(look: Look, run: TransformRun, place: int, reference: TransformRun) -> str | None:
    """Name what a run got at a position; None if it isn't certain."""
    if place in objects(run):
        return object_at(run, place, reference)
    digests = _digests(run, place)
    if not any(digests) and _is_called_alike(run, place, reference):
        return argument_at(look, reference, place, reference)
    if not digests or not all(digests):
        return None
    alike = [n for n in range(len(reference.parts)) if _digests(reference, n) == digests]
    task = _argument(look, digests)
    return task or (f"its argument {alike[0] + 1}" if len(alike) == 1 else None)


def _is_called_alike(run: TransformRun, place: int, reference: TransformRun) -> bool:
    """Whether a run that jax compiles got arrays like the reference's, one like no other of them.

    Then it has no numbers to tell by.
    """
    parts = [_of_part(reference, each) for each in range(len(reference.parts))]
    alike = run.parts == reference.parts and run.inputs == reference.inputs
    here = _of_part(run, place)
    return run is not reference and alike and bool(here) and parts.count(here) == 1


def _of_part(run: TransformRun, place: int) -> tuple[ArrayType, ...]:
    start = sum(run.parts[:place])
    return tuple(run.inputs[start : start + run.parts[place]]) if place < len(run.parts) else ()


def _digests(run: TransformRun, place: int) -> tuple[str, ...]:
    if place >= len(run.parts):
        return ()
    start = sum(run.parts[:place])
    return run.digests[start : start + run.parts[place]]


def _positions(axes: Axes | None) -> tuple[int, ...]:
    match axes:
        case None:
            return (0,)
        case Axis(value=int(value)):
            return (value,) if value >= 0 else ()
        case Axis():
            return ()
        case _:
            return tuple(place for item in axes.items for place in _positions(item))


def _argument(look: Look, digests: tuple[str, ...]) -> str | None:
    """Return the only argument of the task with these arrays, in any order; None if none is."""
    found = [
        each.name
        for each in look.case.arguments
        if sorted(digest(array.data) for array in arrays_of(each.value)) == sorted(digests)
    ]
    return found[0] if len(found) == 1 else None
