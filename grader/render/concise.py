"""One line per finding, `path:line:column: rule message`, for editors and problem matchers.

Lines and columns count from 1, columns in characters. A finding about the whole file is at 1:1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.model.report import Report, Verdict
from grader.render.excerpt import clamped
from grader.render.visible import visible


def render(report: Report) -> str:
    """Return a line for each finding, nothing if there is none."""
    return "".join(f"{line}\n" for line in _lines(report))


def render_all(reports: Sequence[Report]) -> str:
    """Return the lines of all reports."""
    return "".join(map(render, reports))


def _lines(report: Report) -> Iterator[str]:
    path = visible(report.path)
    if report.verdict is Verdict.ERROR:
        yield f"{path}:1:1: grader-error {visible(report.summary)}"
    for finding in report.findings:
        span = finding.span and clamped(report.source, finding.span)
        line, column = (span.line, max(span.column, 1)) if span else (1, 1)
        yield f"{path}:{line}:{column}: {finding.rule} {visible(finding.message)}"
