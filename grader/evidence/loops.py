"""How a submission's loop over steps differs from the reference's: its carry and its direction."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from grader.compare import OtherShape, OtherValues
from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.evidence.uses import single
from grader.model.case import ArrayValue, arrays_of
from grader.model.exercise import Use
from grader.model.observation import Axis, Span, TransformRun, digest
from grader.model.source import Source
from grader.model.transforms import Does, transform


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
            both = single(look, use)
            if both is not None and isinstance(look.comparison, OtherShape | OtherValues):
                (ours, *_), (theirs, *_) = both
                yield Loops(look=look, use=use, expected=theirs, actual=ours)


def keeps_carry(run: TransformRun) -> bool:
    """Whether the function gives back the very carry that it got, in each call that was seen."""
    carried = run.parts[0] if run.parts else 0
    kept = [each.kept[:carried] == tuple(range(carried)) for each in run.bodies]
    return carried > 0 and bool(kept) and all(kept)


def is_reverse(run: TransformRun) -> bool:
    """Whether the knob says that the last step comes first."""
    return run.knob("reverse") == Axis(value=1)


def turned(look: Look, run: TransformRun) -> bool | None:
    """Whether the steps are an argument from its end to its start; None if they're none of them."""
    carried = run.parts[0] if run.parts else 0
    steps = run.digests[carried:]
    if len(steps) != 1 or not steps[0]:
        return None
    for each in look.case.arguments:
        for value in arrays_of(each.value):
            if digest(value.data) == steps[0] and not _is_palindrome(value):
                return False
            if _reversed(value) == steps[0]:
                return True
    return None


def _reversed(value: ArrayValue) -> str:
    array = value.numpy()
    return digest(array[::-1].tobytes()) if array.ndim else ""


def _is_palindrome(value: ArrayValue) -> bool:
    return digest(value.data) == _reversed(value)


def comes_back(look: Look, run: TransformRun) -> bool:
    """Whether an array of the answer is just what the loop gave, in the same order."""
    found = {digest(each.data) for each in arrays(look.exchange.actual).values()}
    return bool(found & set(run.given_back))


def step_returns(source: Source, name: str) -> Span | None:
    """Return what the only function of this name returns, if it returns once."""
    defined = [each for each in source.nodes if isinstance(each, ast.FunctionDef)]
    found = [each for each in defined if each.name == name]
    if len(found) != 1:
        return None
    returns = [each for each in ast.walk(found[0]) if isinstance(each, ast.Return)]
    value = returns[0].value if len(returns) == 1 else None
    return source.span(value) if value is not None else None
