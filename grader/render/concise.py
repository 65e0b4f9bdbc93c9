"""One line per finding, `path:line:column: rule message`, for editors and problem matchers.

Lines and columns count from 1, columns in characters. A finding about the whole file is at 1:1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.model.finding import Finding
from grader.model.report import Report, Verdict
from grader.render.excerpt import located
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
        at = _place(report, finding)
        yield f"{at}: {finding.rule} {visible(finding.message)}"


def _place(report: Report, finding: Finding) -> str:
    place = located(report, finding)
    if place is None:
        path = report.path if finding.span is None else report.place(finding.span).path
        return f"{visible(path)}:1:1"
    return f"{visible(place.path)}:{place.span.line}:{max(place.span.column, 1)}"
