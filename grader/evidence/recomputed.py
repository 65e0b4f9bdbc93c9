"""Whether a transform that recomputes has an effect: only what a gradient goes through is saved.

Outside of every gradient it runs its function as it is, and gives plain numbers. A gradient traces
it, so its results have no numbers there.
"""

from __future__ import annotations

from grader.evidence.evidence import Evidence
from grader.evidence.nnx import is_layer
from grader.evidence.trail import Trail
from grader.evidence.uses import runs
from grader.model.exercise import Use
from grader.model.nnx import NnxCall
from grader.model.observation import TransformRun
from grader.model.transforms import Does, transform


def recomputes(use: Use) -> bool:
    """Whether a use is of `remat`, under any of its names."""
    return transform(use.title).does is Does.RECOMPUTES


def without_gradient(evidence: Evidence, use: Use) -> TransformRun | None:
    """Return the first run if none is a part of a gradient, but the reference's are."""
    told = [look for look in evidence.completed if runs(look.actual, use)]
    ours = [run for look in told for run in runs(look.actual, use)]
    theirs = [run for look in told for run in runs(look.expected, use)]
    if not recomputes(use) or not any(map(_is_traced, theirs)):
        return None
    return ours[0] if all(map(_is_plain, ours)) else None


def _is_plain(run: TransformRun) -> bool:
    """Whether all of a run's results have numbers."""
    given = _given(run)
    return not run.raised and bool(given) and all(given)


def _is_traced(run: TransformRun) -> bool:
    return not run.raised and not all(_given(run))


def _given(run: TransformRun) -> list[str]:
    states = [each for each in run.states if each.argument < 0]
    variables = (one.digest or "" for each in states for one in each.variables)
    return [*run.given_back, *variables]


def saved(trail: Trail, use: Use) -> int:
    """Return 1 if a run may be a part of a gradient, and isn't what takes it."""
    return int(any(_is_traced(run) and _may_save(trail, run) for run in runs(trail, use)))


def _may_save(trail: Trail, run: TransformRun) -> bool:
    """Whether a run is inside of a gradient, or no gradient is inside of it."""
    found = [each for each in trail.record.transforms if each.ran]
    gradients = [each for each in found if transform(each.transform).does is Does.DIFFERENTIATES]
    outer = _around(trail, run.inside)
    takes = any(run.number in _around(trail, each.inside) for each in gradients)
    return any(each.number in outer for each in gradients) or not takes


def _around(trail: Trail, inside: int | None) -> set[int]:
    """Return the numbers of all runs that something is inside of, innermost first."""
    outer = {each.number: each.inside for each in trail.record.transforms}
    numbers: set[int] = set()
    while inside is not None and inside not in numbers:
        numbers.add(inside)
        inside = outer.get(inside)
    return numbers


def without_layers(evidence: Evidence, use: Use) -> TransformRun | None:
    """Return the first run if none has a layer of NNX's in it, but all of the reference's do.

    The layers have to be traced: then it's a gradient that goes through them, not a trial.
    """
    looks = [look for look in evidence.completed if _layers(look.actual)]
    found = [run for look in looks for run in runs(look.actual, use)]
    if not recomputes(use) or not found:
        return None
    for look in looks:
        traced = not any(call.digest for call in _layers(look.actual))
        if not traced or not all(_in(look.expected, use)) or any(_in(look.actual, use)):
            return None
    return found[0]


def partly_outside(evidence: Evidence, use: Use) -> bool:
    """Whether some of NNX's layers run outside of `remat`, but none of the reference's."""
    return recomputes(use) and any(
        all(_in(look.expected, use)) and not all(_in_gradient(look.actual, use))
        for look in evidence.completed
        if _layers(look.expected)
    )


def _layers(trail: Trail) -> tuple[NnxCall, ...]:
    return tuple(filter(is_layer, trail.record.nnx.calls))


def _in(trail: Trail, use: Use) -> list[bool]:
    """Say for each layer whether it runs inside of the transform."""
    return [_is_inside(trail, use, call) for call in _layers(trail)]


def _in_gradient(trail: Trail, use: Use) -> list[bool]:
    return [_is_inside(trail, use, call) for call in _layers(trail) if not call.digest]


def _is_inside(trail: Trail, use: Use, call: NnxCall) -> bool:
    outer = _around(trail, call.inside)
    return any(each.number in outer for each in runs(trail, use))
