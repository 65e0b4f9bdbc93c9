"""What holds of the findings about any transcript."""

from __future__ import annotations

import msgspec

from grader.judge import assess
from grader.model.finding import Finding, Severity
from grader.model.report import Status, Verdict
from grader.model.transcript import Transcript
from grader.rules import rule_by_id


def assert_consistent(transcript: Transcript, findings: tuple[Finding, ...]) -> None:
    """Check that a verdict, its checks and its findings say the same."""
    assessment = assess(findings, transcript)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    ran = bool(transcript.exchanges)
    assert (assessment.verdict is Verdict.PASSED) == (ran and not errors)
    assert 0 <= assessment.score <= 1
    assert len({(each.rule, each.span) for each in findings}) == len(findings)
    failed = {row.check for row in assessment.checks if row.status is Status.FAILED}
    assert {each.check for each in errors} <= failed
    for each in findings:
        assert rule_by_id(each.rule).check is each.check
        assert "\n" not in each.message
        assert each.help
        msgspec.json.encode(each.evidence)
