"""What holds of the judge, on recordings of real programs in which something is changed.

A property that is never put to the test proves nothing: each counts what it reached.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.compare import Same
from grader.evidence import Evidence
from grader.judge import assess, judge
from grader.labels import Labelled
from grader.model.exercise import Exercise
from grader.model.observation import Completed
from grader.model.report import Verdict
from grader.model.transcript import Transcript
from grader.rules import RULES
from tests.judge.consistent import assert_consistent
from tests.judge.perturbed import (
    ACCEPTED,
    ALL,
    ANSWERS,
    MOST,
    NO_ANSWERS,
    Perturbed,
    answered,
    perturbed,
    recorded,
    with_exchanges,
)

MANY = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=100,
    suppress_health_check=list(HealthCheck),
)
FEWER = settings(MANY, max_examples=40)


def of_other_tolerance(transcript: Transcript, factor: float) -> Transcript:
    exercise: Exercise = transcript.exercise
    wider = msgspec.structs.replace(exercise, tolerance=exercise.tolerance * factor)
    return msgspec.structs.replace(transcript, exercise=wider)


def test_every_verdict_matches_its_findings() -> None:
    rules: Counter[str] = Counter()

    @MANY
    @given(perturbed(answers=st.none() | st.sampled_from([*ANSWERS, *NO_ANSWERS])))
    def holds(some: Perturbed) -> None:
        transcript = some.transcript
        findings = judge(transcript)
        assert repr(findings) == repr(judge(transcript))  # NaN is not equal to itself
        assert_consistent(transcript, findings)
        rules.update(each.rule for each in findings)

    holds()
    assert len(rules) >= len(RULES) / 3, rules


def test_wrong_answers_never_pass() -> None:
    rules: Counter[str] = Counter()
    wrong = 0

    @settings(MANY, max_examples=120)
    @given(perturbed(ACCEPTED, st.sampled_from([*ANSWERS, *NO_ANSWERS])))
    def holds(some: Perturbed) -> None:
        nonlocal wrong
        transcript = some.transcript
        if any(not isinstance(look.comparison, Same) for look in Evidence(transcript).looks):
            findings = judge(transcript)
            assert assess(findings, transcript).verdict is not Verdict.PASSED
            wrong += 1
            rules.update(each.rule for each in findings)

    holds()
    assert wrong >= 70, wrong
    assert len(rules) >= 12, rules


@pytest.mark.parametrize("each", ACCEPTED[::40], ids=str)
def test_a_side_agrees_with_itself(each: Labelled) -> None:
    transcript = recorded(each)
    exchanges = [
        msgspec.structs.replace(exchange, actual=exchange.expected)
        for exchange in transcript.exchanges
    ]
    assert judge(with_exchanges(transcript, exchanges)) == ()


def test_a_looser_tolerance_never_fails_a_passing_answer() -> None:
    reached: Counter[tuple[bool, bool]] = Counter()

    @FEWER
    @given(
        st.sampled_from(ACCEPTED),
        st.floats(-7, -1).map(lambda power: 1 + 10.0**power),
        st.floats(1, 1e4),
    )
    def holds(each: Labelled, by: float, looser: float) -> None:
        transcript = recorded(each)
        exchanges = [
            answered(exchange, by if index % 2 else 1 / by)  # to one side, it would be no rounding
            for index, exchange in enumerate(transcript.exchanges[: 3 * MOST])
            if isinstance(exchange.expected.outcome, Completed)
        ]
        off = with_exchanges(transcript, exchanges)
        narrow, wide = judge(off), judge(of_other_tolerance(off, looser))
        assert narrow or not wide  # which cause is named may change: fewer cases show it
        reached[bool(narrow), bool(wide)] += 1

    holds()
    for kind in ((False, False), (True, False), (True, True)):
        assert reached[kind] >= 5, reached


def test_the_judge_ignores_times() -> None:
    changed = 0

    @FEWER
    @given(st.sampled_from(ALL), st.floats(0, 9))
    def holds(each: Labelled, seconds: float) -> None:
        nonlocal changed
        transcript = recorded(each)
        exchanges = [
            msgspec.structs.replace(
                exchange, actual=msgspec.structs.replace(exchange.actual, seconds=seconds)
            )
            for exchange in transcript.exchanges[:MOST]
        ]
        some = with_exchanges(transcript, list(transcript.exchanges[:MOST]))
        assert judge(with_exchanges(transcript, exchanges)) == judge(some)
        changed += len(exchanges)

    holds()
    assert changed >= 100, changed
