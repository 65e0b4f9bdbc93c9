"""Every labelled submission gets its findings on its lines, judged from what was recorded of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.labels import ACCEPTED, Labelled, places_of
from grader.model.edit import Edited
from grader.model.finding import Finding, Severity
from grader.model.report import Status, Verdict
from tests.labelled import labelled
from tests.recordings import MEND, path_of, recordings_of
from tests.recordings.__main__ import superfluous
from tests.recordings.findings import golden_of, judged, text_of
from tests.rules.contradictions import contradictions

RECORDED = [
    pytest.param(each, path, id=f"{each}{path.name.removeprefix(each.stem).split('.msg')[0]}")
    for each in labelled()
    for path in recordings_of(each)
]

SLUGS = sorted({each.folder.exercise.slug for each in labelled()})


@pytest.mark.parametrize(("each", "path"), RECORDED)
def test_each_recording_gets_its_labels(each: Labelled, path: Path) -> None:
    found, assessment = judged(each, path)
    assert places_of(found) == each.expected
    assert (assessment.verdict is Verdict.PASSED) == (each.kind == ACCEPTED)
    failed = {row.check for row in assessment.checks if row.status is Status.FAILED}
    assert {finding.check for finding in errors(found)} <= failed
    assert bool(failed) == (each.kind != ACCEPTED)


def test_no_recording_is_left_over() -> None:
    assert superfluous() == [], MEND


@pytest.mark.parametrize("slug", SLUGS)
def test_findings_are_the_stored_ones(slug: str) -> None:
    """If they are meant to change: `make record` stores the new ones; read the diff."""
    assert golden_of(slug).read_text(encoding="utf-8") == text_of(slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_edits_do_what_the_words_say(slug: str) -> None:
    followed = 0
    wrong: list[str] = []
    own = [each for each in labelled() if each.folder.exercise.slug == slug]
    for each in own:
        source = each.submission.source
        for finding in judged(each, path_of(each)).findings:
            if finding.edits:
                followed += 1
                after = Edited(source, finding.edits).text
                found = contradictions(finding, source.text, after)
                wrong += [f"{each} {finding.rule}: {finding.help}: {said}" for said in found]
    assert not wrong, "\n".join(wrong)
    exercise = own[0].folder.exercise
    # A class hands its fields to layers by itself, so fewer edits are known to be complete.
    least = 10 if exercise.flax_class is not None else 20
    assert followed > (least if exercise.module else 0)


def errors(found: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in found if each.severity is Severity.ERROR]
