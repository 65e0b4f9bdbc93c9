"""How a submission's loop over steps differs from the reference's: its carry and its direction."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import Final

import msgspec
import numpy as np

from grader.compare import OtherKind, OtherShape, OtherValues
from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.evidence.scans import (
    answering,
    carried,
    carry_in,
    carry_out,
    is_nnx_loop,
    runs_alone,
    scanned,
    scanned_digests,
    step_axes,
)
from grader.evidence.uses import in_several, runs, single
from grader.model.case import ArrayValue, arrays_of
from grader.model.exercise import Use
from grader.model.observation import ArrayType, Axis, Span, TransformRun, digest
from grader.model.source import Source
from grader.model.transforms import Does, Kind, transform

_FEW: Final = 8
"""So many numbers have signs that can all be tried."""


class Loops(msgspec.Struct, frozen=True, kw_only=True):
    """One run of both sides in one case."""

    look: Look
    use: Use
    expected: TransformRun
    actual: TransformRun


def loops(evidence: Evidence) -> Iterator[Loops]:
    """Yield both sides' runs for each case with a wrong answer, where each side has just one."""
    for use in evidence.exercise.uses:
        if transform(use.title).does is not Does.LOOPS:
            continue
        for look in evidence.looks:
            both = both_runs(look, use)
            if both is not None and isinstance(look.comparison, OtherShape | OtherValues):
                ours, theirs = both
                yield Loops(look=look, use=use, expected=theirs, actual=ours)


def both_runs(look: Look, use: Use) -> tuple[TransformRun, TransformRun] | None:
    """Return both sides' runs, those that gave the answer if a Flax class is lifted."""
    if transform(use.title).kind is Kind.LIFTS:
        scan = answering(look)
        return (scan.actual, scan.expected) if scan is not None else None
    both = single(look, use)
    return (both[0][0], both[1][0]) if both is not None else None


def uncompared(evidence: Evidence) -> bool:
    """Whether an answer is wrong, and what its loop did can't be compared with the reference's.

    In a map over the examples it has no numbers, and several loops may share the work. What it got
    may be wrong as well as what is done with its results.
    """
    uses = [each for each in evidence.exercise.uses if transform(each.title).does is Does.LOOPS]
    wrong = [look for look in evidence.answered_wrong if not isinstance(look.comparison, OtherKind)]
    return any(
        runs(look.actual, use) and not _is_comparable(look, use) for use in uses for look in wrong
    )


def _is_comparable(look: Look, use: Use) -> bool:
    scan = answering(look) if transform(use.title).kind is Kind.LIFTS else None
    chains, both = single(look, use), both_runs(look, use)
    if both is None or (scan is not None and not runs_alone(scan)):
        return False
    if scan is None and (chains is None or len(chains[0]) != len(chains[1])):
        return False
    ours, theirs = both
    return in_several(look.expected, theirs) or not in_several(look.actual, ours)


def carried_by(run: TransformRun) -> int:
    """Count what a loop hands from step to step: arrays, and Python's numbers such as `0.0`.

    A loop makes arrays of numbers, so its function gets those as well, and the record of the run
    has arrays alone.
    """
    arrays = len(carried(run))
    if is_nnx_loop(run):
        return arrays  # a number may be any argument's
    numbers = min((len(each.inputs) for each in run.bodies), default=0) - len(run.inputs)
    return arrays + max(numbers, 0)


def keeps_carry(run: TransformRun) -> bool:
    """Whether the function gives back the very carry that it got, in each call that was seen."""
    start, count = carry_in(run).start, carried_by(run)
    kept = [
        each.kept[carry_out(run, len(each.kept)).start :][:count]
        == tuple(range(start, start + count))
        for each in run.bodies
    ]
    return count > 0 and bool(kept) and all(kept)


def starts_otherwise(evidence: Evidence) -> TransformRun | None:
    """Return a loop over the reference's steps that starts from another carry, in all wrong cases.

    The carry has the same types, and the steps come in the same direction.
    """
    found = list(loops(evidence))
    every = 0 < len(found) == len(evidence.answered_wrong)
    return found[0].actual if every and all(map(_starts_otherwise, found)) else None


def _starts_otherwise(found: Loops) -> bool:
    ours, theirs = found.actual, found.expected
    starts, steps = (
        [some(run) for run in (ours, theirs)]
        for some in (lambda run: run.digests[carry_in(run)], scanned_digests)
    )
    return (
        all((*ours.digests, *theirs.digests))
        and carried(ours) == carried(theirs) != ()
        and starts[0] != starts[1]
        and not all(map(_are_zeros, carried(ours), starts[0]))
        and steps[0] == steps[1] != ()
        and is_reverse(ours) == is_reverse(theirs)
    )


@cache
def _are_zeros(array: ArrayType, seen: str) -> bool:
    """Whether a digest is that of zeros of any signs, as `0 * x` has them: zeros all the same.

    Of more than a few numbers, the signs are too many to try.
    """
    size = math.prod(array.shape)
    if array.dtype not in {"float16", "float32", "float64"} or size > _FEW:
        return False
    zeros = (np.array(signs, array.dtype) for signs in product((0.0, -0.0), repeat=size))
    return any(digest(each.tobytes()) == seen for each in zeros)


def is_reverse(run: TransformRun) -> bool:
    """Whether the knob says that the last step comes first."""
    return run.knob("reverse") == Axis(value=1)


def turned(look: Look, run: TransformRun) -> bool | None:
    """Whether the steps are an argument from its end to its start; None if they're none of them."""
    steps, axis = scanned_digests(run), _axis(run)
    if len(steps) != 1 or not steps[0] or axis is None:
        return None
    for each in look.case.arguments:
        for value in arrays_of(each.value):
            if value.shape != scanned(run)[0].shape or _is_palindrome(value, axis):
                continue
            if digest(value.data) == steps[0]:
                return False
            if _reversed(value, axis) == steps[0]:
                return True
    return None


def _axis(run: TransformRun) -> int | None:
    """Return the axis of the only array that a loop goes over."""
    if run.knob("in_axes") is None:
        return 0
    axes = step_axes(run)
    return axes[0] if axes is not None and len(axes) == 1 else None


def _reversed(value: ArrayValue, axis: int) -> str:
    array = value.numpy()
    return digest(np.flip(array, axis).tobytes()) if axis in range(array.ndim) else ""


def _is_palindrome(value: ArrayValue, axis: int) -> bool:
    return digest(value.data) == _reversed(value, axis)


def only_carries(run: TransformRun) -> bool:
    """Whether a loop goes over no array: each step gets the carry, and objects of NNX, alone."""
    return not scanned(run)


def same_objects(found: Loops) -> bool:
    """Whether NNX's objects have the same weights on both sides: those of one may be reversed."""
    weights = [
        sorted(one.digest or "" for each in run.states for one in each.variables)
        for run in (found.actual, found.expected)
    ]
    return weights[0] == weights[1] and "" not in weights[0]


def comes_back(look: Look, run: TransformRun) -> bool:
    """Whether an array of the answer is just what the loop gave, in the same order."""
    found = {digest(each.data) for each in arrays(look.exchange.actual).values()}
    return bool(found & set(run.given_back))


def returns_one(ours: TransformRun, theirs: TransformRun) -> bool:
    """Whether each step gives a single array, where the reference's gives a pair of them."""
    counts = [{len(each.outputs) for each in run.bodies} for run in (ours, theirs)]
    return counts[0] == {1} and bool(counts[1]) and min(counts[1]) > 1


def step_returns(source: Source, name: str) -> Span | None:
    """Return what the only function of this name returns, or a class's `__call__`.

    None if it doesn't return once.
    """
    found = [each for each in _functions(source.nodes) if each.name == name]
    for each in source.nodes:
        if isinstance(each, ast.ClassDef) and each.name == name:
            found += [own for own in _functions(each.body) if own.name == "__call__"]
    if len(found) != 1:
        return None
    returns = [each for each in ast.walk(found[0]) if isinstance(each, ast.Return)]
    value = returns[0].value if len(returns) == 1 else None
    return source.span(value) if value is not None else None


def _functions(nodes: Iterable[ast.AST]) -> Iterator[ast.FunctionDef]:
    return (each for each in nodes if isinstance(each, ast.FunctionDef))
