"""Which asked transforms ran, how deep they were nested, and whether the answer uses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from grader.evidence.altered import (
    Part,
    before_and_after,
    compares,
    hands_out_more,
    keeps_wrong_answer,
    stays,
)
from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.evidence.trail import Trail
from grader.model.exercise import Use
from grader.model.observation import TransformRun, digest
from grader.model.transforms import Does, transform

Chain = tuple[TransformRun, ...]
"""Runs of one transform, each inside the one before; the outermost is the first."""


def runs(trail: Trail, use: Use) -> Chain:
    """Return the runs of a transform that will do, in order."""
    return tuple(
        each for each in trail.record.transforms if each.transform in use.any_of and each.ran
    )


def made(trail: Trail, use: Use) -> Chain:
    """Return the calls of a transform whose function never ran."""
    found = trail.record.transforms
    return tuple(
        each for each in found if each.transform in use.any_of and not each.ran and not each.raised
    )


def chains(trail: Trail, use: Use) -> Iterator[Chain]:
    """Yield each outermost run with the first one inside it, and so on."""
    found = runs(trail, use)
    outer = _outer(trail, found)
    for each in found:
        if outer[each.number] is None:
            yield (each, *_within(found, each, outer))


def _outer(trail: Trail, found: Chain) -> dict[int | None, int | None]:
    """Return the nearest of these runs that each is inside of; other transforms may be between."""
    known = {each.number for each in found}
    nearest: dict[int | None, int | None] = {None: None}
    for each in trail.record.transforms:  # in the order in which they started
        inside = each.inside if each.inside is not None and each.inside < each.number else None
        nearest[each.number] = inside if inside in known else nearest.get(inside)
    return nearest


def _within(
    found: Chain, outer: TransformRun, nearest: dict[int | None, int | None]
) -> Iterator[TransformRun]:
    for each in found:
        if nearest[each.number] == outer.number:
            yield each
            yield from _within(found, each, nearest)
            return


def single(look: Look, use: Use) -> tuple[Chain, Chain] | None:
    """Return the submission's and the reference's chain, None unless each side has just one."""
    ours, theirs = tuple(chains(look.actual, use)), tuple(chains(look.expected, use))
    return (ours[0], theirs[0]) if len(ours) == len(theirs) == 1 else None


SEVERAL: Final = frozenset({Does.MAPS, Does.LOOPS})
"""What transforms do that run a function several times."""


def in_several(trail: Trail, run: TransformRun) -> bool:
    """Whether a run is part of a map or another loop, which runs it for each of its indices."""
    numbered = {each.number: each for each in trail.record.transforms}
    outer = numbered.get(run.inside) if run.inside is not None else None
    while outer is not None and transform(outer.transform).does not in SEVERAL:
        outer = numbered.get(outer.inside) if outer.inside is not None else None
    return outer is not None


def deepest(looks: Iterable[Trail], use: Use) -> Chain:
    """Return the longest chain of all cases, the first of equals."""
    found = (chain for trail in looks for chain in chains(trail, use))
    return max(found, key=len, default=())


def asked(evidence: Evidence, use: Use) -> Chain:
    """Return the reference's chain; empty if it doesn't use the transform."""
    return deepest((look.expected for look in evidence.looks), use)


def used(evidence: Evidence, use: Use) -> Chain:
    """Return the submission's longest chain in any case."""
    return deepest((look.actual for look in evidence.looks), use)


def shallow(evidence: Evidence, use: Use) -> bool:
    """Whether there are answers, and in no case as many runs in each other as in the reference."""
    found, wanted = used(evidence, use), asked(evidence, use)
    return bool(evidence.completed) and len(found) < len(wanted)


def unseen(evidence: Evidence) -> bool:
    """Whether some record is incomplete, so that what isn't there may have happened."""
    return any(look.actual.record.truncated for look in evidence.looks)


def part(evidence: Evidence) -> Part:
    """Compare an answer with that of the same case when the transforms gave other numbers."""
    both = before_and_after(evidence)
    if both is None:
        return Part.NONE if keeps_wrong_answer(evidence) else Part.UNKNOWN
    old, new = both[0], both[1].exchange.actual
    if old.outcome == new.outcome:
        other = compares(evidence.source) or hands_out_more(both[1])
        return Part.UNKNOWN if other else Part.NONE
    ours, changed = arrays(old), arrays(new)
    alike = ours.keys() == changed.keys()
    return Part.ALL if alike and not stays(old, new) else Part.SOME


def counts_unseen(evidence: Evidence) -> bool:
    """Whether the answers are integers or flags, and the runs weren't seen to give them.

    Other numbers in a transform may leave these as they are, so then nothing shows where they
    come from.
    """
    return (
        part(evidence) is Part.UNKNOWN
        and all(map(_is_counted, evidence.completed))
        and not all(map(_is_given, evidence.completed))
    )


def _is_counted(look: Look) -> bool:
    found = arrays(look.exchange.expected).values()
    return all(each.dtype.startswith(("int", "uint", "bool")) for each in found)


def _is_given(look: Look) -> bool:
    """Whether outermost runs gave all arrays of the answer; so if the case shows no run."""
    outer = [chain[0] for use in look.exercise.uses for chain in chains(look.actual, use)]
    if not outer:
        return True
    given = {each for run in outer for each in run.given_back}
    return {digest(each.data) for each in arrays(look.exchange.actual).values()} <= given


def passed_on(evidence: Evidence, use: Use) -> bool:
    """Whether the answer was there before a map or a loop of it ran, which only passes it on.

    So it is in every case that shows it. The reference may do so where an array has one number.
    """
    if transform(use.title).does not in {Does.MAPS, Does.LOOPS}:
        return False
    told = [look for look in evidence.completed if runs(look.actual, use)]
    other = any(not _passes_on(look.expected, use) for look in told)
    return other and all(_passes_on(look.actual, use) for look in told)


def _passes_on(trail: Trail, use: Use) -> bool:
    """Whether each outermost run that returns the answer got it; not if any run isn't known."""
    outer = [chain[0] for chain in chains(trail, use)]
    answer = {digest(each.data) for each in arrays(trail.observation).values()}
    if not answer or not all(all((*each.digests, *each.given_back)) for each in outer):
        return False
    gives = [each for each in outer if answer <= set(each.given_back)]
    return bool(gives) and all(answer <= set(each.digests) for each in gives)
