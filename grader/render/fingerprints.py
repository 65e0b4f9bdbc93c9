"""A name for each finding that stays the same when lines are added elsewhere in the file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from grader.model.finding import Finding
from grader.model.report import Report
from grader.render.excerpt import located


def fingerprinted(reports: Sequence[Report]) -> Iterator[tuple[Report, Finding, str]]:
    """Yield every finding with its report and a unique fingerprint."""
    seen: Counter[str] = Counter()
    for report in reports:
        for finding in report.findings:
            digest = _digest(report, finding)
            seen[digest] += 1
            yield report, finding, f"{digest}:{seen[digest]}"


def _digest(report: Report, finding: Finding) -> str:
    place = located(report, finding)
    lines = place.source.lines[place.span.line - 1 : place.span.end_line] if place else ()
    path = place.path if place is not None else report.path
    parts = [finding.rule, path, *(line.strip() for line in lines)]
    data = "\0".join(parts).encode("utf-8", "backslashreplace")
    return hashlib.sha256(data).hexdigest()[:32]
