"""All that the judge says of each recording, as text: a golden for each exercise.

The labels hold which rule speaks of which line. This holds the rest, which nobody wants to write by
hand: the exact characters, the words, the smallest case, the evidence, and how each check ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.judge import Assessment, assess, judge, static_findings
from grader.labels import Labelled, places_of
from grader.model.finding import Finding, MappedArray
from grader.model.observation import Span
from grader.model.transcript import Transcript
from tests.labelled import labelled
from tests.recordings import FOLDER, recordings_of, replayed


class Judged(NamedTuple):
    """What the judge says of a recording."""

    findings: tuple[Finding, ...]
    assessment: Assessment


@cache
def judged(each: Labelled, path: Path) -> Judged:
    """Judge a recording; each is judged once."""
    return judge_again(replayed(each, path))


def judge_again(transcript: Transcript) -> Judged:
    """Judge as a grading does: what can't load isn't run."""
    found = static_findings(transcript.source, transcript.exercise) or judge(transcript)
    return Judged(found, assess(found, transcript))


def golden_of(slug: str) -> Path:
    """Return where the text about an exercise's recordings is stored."""
    return FOLDER / slug / "findings.txt"


def text_of(slug: str) -> str:
    """Return the text about the recordings of an exercise as it is now."""
    return "".join(
        f"{path.name.removesuffix('.msgpack.gz')}\n{described(judged(each, path))}\n"
        for each in labelled()
        if each.folder.exercise.slug == slug
        for path in recordings_of(each)
    )


def described(some: Judged) -> str:
    """Return how the checks ended, and then each finding with its words below it."""
    ended = " ".join(f"{row.check}={row.status}" for row in some.assessment.checks)
    verdict = f"  {some.assessment.verdict} {some.assessment.score:.2f} {ended}\n"
    return verdict + "".join(f"  {line}\n" for each in some.findings for line in _lines(each))


def _lines(finding: Finding) -> Iterator[str]:
    yield " ".join([finding.rule, finding.severity, *_places(finding)])
    evidence = msgspec.json.encode(finding.evidence, order="sorted").decode()
    words = (finding.message, finding.label, *finding.details, finding.why, finding.help, evidence)
    yield from (f"    {line}" for text in words for line in text.splitlines())
    for row in finding.shapes:
        yield f"    {row.name}: {row.expected}, {row.actual}, {row.remark}, {row.surplus_axis}"
    if finding.drawing is not None:
        yield f"    draws {finding.drawing.name}: {_drawn(finding.drawing.actual)}, expected " + (
            _drawn(finding.drawing.expected)
        )
    for edit in finding.edits:
        yield f"    write at {_span(edit.span)} {edit.text!r}"


def _drawn(array: MappedArray) -> str:
    return f"axis {array.axis} of {array.shape} ({array.noun or 'no name'})"


def _places(finding: Finding) -> Iterator[str]:
    if finding.span is not None:
        yield _span(finding.span)
    if finding.case is not None:
        yield ",".join(f"{name}={size}" for name, size in finding.case.sizes.items())


def _span(span: Span) -> str:
    return f"{span.line}:{span.column}-{span.end_line}:{span.end_column}"


def unlike_labels() -> Iterator[tuple[Labelled, tuple[Finding, ...]]]:
    """Yield each submission whose recording is judged otherwise than its label says."""
    for each in labelled():
        for path in recordings_of(each):
            found = judged(each, path).findings
            if places_of(found) != each.expected:
                yield each, found


def write() -> None:
    """Store the texts about all exercises."""
    for slug in sorted({each.folder.exercise.slug for each in labelled()}):
        golden_of(slug).write_text(text_of(slug), encoding="utf-8", newline="\n")
