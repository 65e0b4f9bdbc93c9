"""Which answers an author's own check is asked about, and how often."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import pytest

from grader.grading.own_check import OwnCheck
from grader.model.case import ArrayValue, Case
from grader.model.observation import (
    Completed,
    Crashed,
    MappingResult,
    Observation,
    OpaqueResult,
    Outcome,
    Result,
    SequenceResult,
)
from grader.model.seen import Seen
from grader.model.transcript import Exchange, Said, Transcript
from grader.process.checker import Fault
from tests.judge.perturbed import ALL, recorded

TWO: Final = ArrayValue.of(np.zeros(2, np.float32))
OTHER: Final = ArrayValue.of(np.ones(2, np.float32))
THREE: Final = ArrayValue.of(np.zeros(3, np.float32))
WHOLE: Final = ArrayValue.of(np.zeros(2, np.int32))
FLOAT: Final = OpaqueResult(type_name="float", text="0.5")
NOTHING: Final = OpaqueResult(type_name="NoneType", text="None")


def pair(*items: Result) -> SequenceResult:
    return SequenceResult(type_name="tuple", items=items)


def named(**items: Result) -> MappingResult:
    return MappingResult(type_name="dict", items=items)


class Noting:
    """Stands in for the process; says the same of everything."""

    def __init__(self) -> None:
        self.asked: list[Result] = []
        self.fault: Fault | None = None

    def say(self, _case: Case, answer: Result, _seen: Seen) -> Said | None:
        self.asked.append(answer)
        return None if self.fault is not None else Said(message="odd")

    def end(self) -> None:
        pass


def transcript(*pairs: tuple[Result, Outcome]) -> Transcript:
    """Return a run with these answers, expected and actual."""
    made = recorded(ALL[0])
    exchanges = (
        Exchange(
            case=made.exchanges[0].case,
            expected=Observation(outcome=Completed(result=expected)),
            actual=Observation(outcome=actual),
        )
        for expected, actual in pairs
    )
    return msgspec.structs.replace(made, exchanges=tuple(exchanges))


@pytest.mark.parametrize(
    ("expected", "actual", "asks"),
    [
        (TWO, TWO, True),
        (TWO, OTHER, True),
        (TWO, THREE, False),
        (TWO, WHOLE, False),
        (TWO, NOTHING, False),
        (NOTHING, NOTHING, False),
        (FLOAT, FLOAT, True),
        (pair(TWO, TWO), pair(OTHER, TWO), True),
        (pair(TWO, TWO), pair(OTHER, THREE), False),
        (pair(TWO, TWO), pair(TWO), False),
        (named(a=TWO), named(a=OTHER), True),
        (named(a=TWO), named(b=TWO), False),
    ],
)
def test_it_is_asked_where_only_numbers_can_be_wrong(
    expected: Result, actual: Result, *, asks: bool
) -> None:
    checker = Noting()
    told = OwnCheck(lambda: checker).told(transcript((expected, Completed(result=actual))))
    assert checker.asked == ([actual] if asks else [])
    assert told.exchanges[0].said == (Said(message="odd") if asks else None)


def test_it_is_asked_once_about_each_case() -> None:
    checker = Noting()
    check = OwnCheck(lambda: checker)
    run = transcript((TWO, Completed(result=TWO)), (TWO, Completed(result=OTHER)))
    longer = msgspec.structs.replace(run, exchanges=(*run.exchanges, *transcript(
        (TWO, Crashed(reason="gone")),
    ).exchanges))  # fmt: skip
    assert [each.said for each in check.told(run).exchanges] == [Said(message="odd")] * 2
    assert check.told(check.told(longer)).exchanges[2].said is None
    assert len(checker.asked) == 2


def test_an_exercise_without_one_is_as_before() -> None:
    run = transcript((TWO, Completed(result=TWO)))
    check = OwnCheck(lambda: None)
    assert check.told(run) is run
    assert check.fault == ""
    check.end()


def test_a_fault_is_kept() -> None:
    checker = Noting()
    checker.fault = Fault(text="checks.py line 2: raises")
    check = OwnCheck(lambda: checker)
    assert check.told(transcript((TWO, Completed(result=TWO)))).exchanges[0].said is None
    assert check.fault == "checks.py line 2: raises"
