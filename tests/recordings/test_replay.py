"""Every labelled submission gets its findings on its lines, judged from what was recorded of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.judge import assess, judge, static_findings
from grader.labels import ACCEPTED, Labelled, Place
from grader.model.finding import Finding, Severity
from grader.model.report import Status, Verdict
from grader.model.transcript import Transcript
from tests.labelled import labelled
from tests.recordings import MEND, recordings_of, replayed
from tests.recordings.__main__ import superfluous

RECORDED = [
    pytest.param(each, path, id=f"{each}{path.name.removeprefix(each.path.stem).split('.msg')[0]}")
    for each in labelled()
    for path in recordings_of(each)
]


@pytest.mark.parametrize(("each", "path"), RECORDED)
def test_each_recording_gets_its_labels(each: Labelled, path: Path) -> None:
    transcript = replayed(each, path)
    found = findings(transcript)
    assert places(found) == each.expected
    assessment = assess(found, transcript)
    assert (assessment.verdict is Verdict.PASSED) == (each.kind == ACCEPTED)
    failed = {row.check for row in assessment.checks if row.status is Status.FAILED}
    assert {finding.check for finding in errors(found)} <= failed
    assert bool(failed) == (each.kind != ACCEPTED)


def test_no_recording_is_left_over() -> None:
    assert superfluous() == [], MEND


def findings(transcript: Transcript) -> tuple[Finding, ...]:
    return static_findings(transcript.source, transcript.exercise) or judge(transcript)


def errors(found: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in found if each.severity is Severity.ERROR]


def places(found: tuple[Finding, ...]) -> frozenset[Place]:
    return frozenset((each.span.line if each.span else None, each.rule) for each in errors(found))
