"""Deviations within the tolerance: one-sided ones are told, those that rounding makes are not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.judge import judge
from grader.model.case import ArrayValue
from grader.model.observation import Completed, Result, SequenceResult
from grader.model.transcript import Transcript
from tests.judge.perturbed import ACCEPTED, recorded, with_exchanges, with_outcome

Numbers = NDArray[np.float64]

TOLERANT = next(
    each
    for each in ACCEPTED
    if recorded(each).exercise.tolerance > 8 and len(recorded(each).exchanges) > 20
)
"""An answer to an exercise whose tolerance is wide enough for deviations that are not rounding.

It ran in more than a few cases, as one that is proved right needn't.
"""


def changed(change: Callable[[Numbers], Numbers]) -> Transcript:
    """Return the recording with the numbers of every answer put through `change`."""
    transcript = recorded(TOLERANT)
    exchanges = []
    for each in transcript.exchanges:
        outcome = each.expected.outcome
        assert isinstance(outcome, Completed)
        result = of_result(outcome.result, change)
        exchanges.append(with_outcome(each, msgspec.structs.replace(outcome, result=result)))
    return with_exchanges(transcript, exchanges)


def of_result(result: Result, change: Callable[[Numbers], Numbers]) -> Result:
    if isinstance(result, ArrayValue):
        return ArrayValue.of(change(result.numpy().astype(np.float64)).astype(np.float32))
    assert isinstance(result, SequenceResult)
    items = tuple(of_result(each, change) for each in result.items)
    return msgspec.structs.replace(result, items=items)


def both_ways(scale: float) -> Callable[[Numbers], Numbers]:
    random = np.random.default_rng(3)
    return lambda numbers: numbers * (1 + scale * random.uniform(-1, 1, numbers.shape))


def by_turns() -> Callable[[Numbers], Numbers]:
    factors = cycle((1 + 1e-4, 1 - 1e-4))
    return lambda numbers: numbers * next(factors)


@pytest.mark.parametrize("factor", [1.0002, 0.9999, 1 + 3e-5, 1 - 3e-5])
def test_a_factor_within_every_tolerance_is_reported(factor: float) -> None:
    (finding,) = judge(changed(lambda numbers: numbers * factor))
    assert finding.rule == "wrong-values"
    assert ("too large" if factor > 1 else "too small") in finding.message


@pytest.mark.parametrize(
    "change",
    [
        lambda numbers: numbers,
        lambda numbers: numbers * (1 + 2e-6),
        both_ways(1e-6),
        both_ways(2e-4),
        by_turns(),
    ],
    ids=["exact", "rounding to one side", "rounding", "large both ways", "by turns"],
)
def test_possible_rounding_is_not_reported(change: Callable[[Numbers], Numbers]) -> None:
    assert judge(changed(change)) == ()


def test_few_cases_are_not_enough() -> None:
    transcript = changed(lambda numbers: numbers * 1.0002)
    assert judge(with_exchanges(transcript, list(transcript.exchanges[:5]))) == ()
