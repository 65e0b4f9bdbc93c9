"""A name for each finding that stays the same when lines are added elsewhere in the file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from grader.model.finding import Finding
from grader.model.report import Report
from grader.render.excerpt import clamped


def fingerprinted(reports: Sequence[Report]) -> Iterator[tuple[Report, Finding, str]]:
    """Yield every finding with its report and a unique fingerprint."""
    seen: Counter[str] = Counter()
    for report in reports:
        for finding in report.findings:
            digest = _digest(report, finding)
            seen[digest] += 1
            yield report, finding, f"{digest}:{seen[digest]}"


def _digest(report: Report, finding: Finding) -> str:
    span = finding.span and clamped(report.source, finding.span)
    lines = report.source.lines[span.line - 1 : span.end_line] if span else ()
    parts = [finding.rule, report.path, *(line.strip() for line in lines)]
    data = "\0".join(parts).encode("utf-8", "backslashreplace")
    return hashlib.sha256(data).hexdigest()[:32]
