"""Whether an asked transform did what it is for: several indices, a carry, a gradient to save for.

A transform may run around all of an answer and do nothing for it: a map over one index that was
only added for it, a loop that passes finished numbers through.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from grader.evidence.evidence import Evidence
from grader.evidence.loops import carried_by, keeps_carry
from grader.evidence.nest import out_axis
from grader.evidence.nnx import NnxLook, indices, nnx_looks
from grader.evidence.recomputed import recomputes, saved
from grader.evidence.scans import length_of
from grader.evidence.trail import Trail
from grader.evidence.uses import chains, runs
from grader.model.exercise import Use
from grader.model.observation import ArrayType, Axis, TransformRun
from grader.model.transforms import Does, transform


def reaches(evidence: Evidence, use: Use) -> bool:
    """Whether in some case the runs did as much as the reference's; so if that can't be told."""
    work = _WORK.get(transform(use.title).does)
    if work is None:
        return True
    wanted = [work(look.expected, use) for look in evidence.looks]
    most = max(wanted, default=0)
    told = [look for look, each in zip(evidence.looks, wanted, strict=True) if each == most]
    return any(work(look.actual, use) >= most for look in told)


def _indices(trail: Trail, use: Use) -> int:
    """Count the levels of the deepest nest that map more than one index."""
    return max((sum(map(_is_long, chain)) for chain in chains(trail, use)), default=0)


def _is_long(run: TransformRun) -> bool:
    """Whether a map has more than one index, as far as that is known."""
    axes = run.axes("out_axes")
    if not run.outputs or not isinstance(axes, Axis) or axes.value is None:
        return True
    shape = run.outputs[0].shape
    axis = out_axis(run, len(shape))
    return not 0 <= axis < len(shape) or shape[axis] != 1


def _carries(trail: Trail, use: Use) -> int:
    """Return 1 if a loop takes more than one step, and hands something on.

    A loop that only made variables, in `init`, did nothing for the answer.
    """
    roots = {None, *(root.number for root in trail.forward)}
    return int(any(_hands_on(run) for run in runs(trail, use) if run.root in roots))


def _hands_on(run: TransformRun) -> bool:
    return carried_by(run) > 0 and not keeps_carry(run) and length_of(run) != 1


Given = tuple[str, ...]
"""Digests of what runs of a transform gave."""

_WORK: Final[dict[Does, Callable[[Trail, Use], int]]] = {
    Does.MAPS: _indices,
    Does.LOOPS: _carries,
    Does.RECOMPUTES: saved,
}


def gives_constants(evidence: Evidence) -> bool:
    """Whether all runs give the same numbers in cases in which the reference's give others.

    What such runs give may be added to an answer that was computed without them.
    """
    return any(_is_constant(evidence, use) for use in evidence.exercise.uses)


def _is_constant(evidence: Evidence, use: Use) -> bool:
    """Compare the cases that have the same sizes; there must be some, and all must say so."""
    told: dict[tuple[tuple[str, int], ...], list[tuple[Given, Given]]] = {}
    for look in evidence.completed:
        ours, theirs = _given(look.actual, use), _given(look.expected, use)
        if ours and theirs:
            told.setdefault(tuple(look.case.sizes.items()), []).append((ours, theirs))
    telling = [pairs for pairs in told.values() if len({theirs for _, theirs in pairs}) > 1]
    return bool(telling) and all(len({ours for ours, _ in pairs}) == 1 for pairs in telling)


def _given(trail: Trail, use: Use) -> Given:
    """Return the digests of all that the outermost runs gave; empty if one of them isn't known."""
    given = tuple(each for chain in chains(trail, use) for each in chain[0].given_back)
    return given if all(given) else ()


def lifts_parts(evidence: Evidence) -> bool:
    """Whether only parts of the called module are lifted where the reference lifts all of it.

    Only asked of a transform that changes no shape: there the lifted module's arrays tell.
    """
    uses = filter(recomputes, evidence.exercise.uses)
    return any(
        _lifts_all(look.expected, use) and not _lifts_all(look.actual, use)
        for use in uses
        for look in evidence.looks
        if any(run.root is not None for run in runs(look.actual, use))
    )


def _lifts_all(trail: Trail, use: Use) -> bool:
    """Whether in some call of Flax a run gets and gives what the called module does."""
    tops = {root.number: trail.top(root) for root in trail.record.roots}
    pairs = ((run, tops.get(run.root)) for run in runs(trail, use) if run.root is not None)
    return any(
        top is not None and (run.inputs, run.outputs) == (top.inputs, top.outputs)
        for run, top in pairs
    )


def gets_all(evidence: Evidence) -> bool:
    """Whether NNX's layers get more numbers, in all indices of a map, than the reference's.

    Each index then has the whole batch, and its share is taken from the layer's output.
    """
    return any(_gets_more(each) for each in nnx_looks(evidence))


def _gets_more(each: NnxLook) -> bool:
    wanted, found = indices(each.expected), indices(each.actual)
    return bool(each.pairs) and all(
        _count(actual.inputs) * found > _count(expected.inputs) * wanted > 0
        and actual.inputs != expected.inputs
        for expected, actual in each.pairs
    )


def _count(arrays: tuple[ArrayType, ...]) -> int:
    return sum(math.prod(each.shape) for each in arrays)
