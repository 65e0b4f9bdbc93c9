"""What holds of the judge for every transcript, however odd: made up from nothing."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.catalogue import exercises
from grader.judge import assess, judge, static_findings
from grader.model.case import Case
from grader.model.observation import Completed, Observation
from grader.model.report import Status, Verdict
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from grader.rules import rule_by_id
from tests.judge.transcripts import TEXTS, cases, observations, transcripts

EXERCISE = exercises()[0].exercise
pinned = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=30,
    suppress_health_check=list(HealthCheck),
)
GOOD = Source("submission.py", TEXTS[1])


@pinned
@given(transcripts(EXERCISE))
def test_any_transcript_gets_a_verdict(transcript: Transcript) -> None:
    findings = judge(transcript)
    assert findings == judge(transcript)
    assessment = assess(findings, transcript)
    assert 0 <= assessment.score <= 1
    ran = bool(transcript.exchanges)
    assert (assessment.verdict is Verdict.PASSED) == (ran and not findings)
    assert (assessment.verdict is Verdict.ERROR) == (not ran and not findings)
    for finding in findings:
        assert rule_by_id(finding.rule).check is finding.check
        assert "\n" not in finding.message
        assert finding.help
        msgspec.json.encode(finding.evidence)
    failed = {each.check for each in assessment.checks if each.status is Status.FAILED}
    assert {finding.check for finding in findings} <= failed


@pinned
@given(transcripts(EXERCISE))
def test_there_is_one_finding_for_a_rule_and_place(transcript: Transcript) -> None:
    places = [(each.rule, each.span) for each in judge(transcript)]
    assert len(places) == len(set(places))


@pinned
@given(st.lists(cases(EXERCISE), max_size=4), observations)
def test_a_side_agrees_with_itself(some: list[Case], observation: Observation) -> None:
    """Only what a program mutates is a mistake on either side."""
    plain = msgspec.structs.replace(observation, mutated=())
    exchanges = tuple(
        Exchange(case=case, expected=plain, actual=plain)
        for case in some
        if isinstance(observation.outcome, Completed)
    )
    transcript = Transcript(exercise=EXERCISE, source=GOOD, exchanges=exchanges)
    assert judge(transcript) == ()


@pinned
@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    found = static_findings(Source("submission.py", text), EXERCISE)
    assert {each.rule for each in found} <= {"unreadable-file", "syntax-error", "missing-function"}
