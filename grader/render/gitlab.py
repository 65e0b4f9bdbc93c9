"""GitLab's code quality report: a JSON list, which merge requests show next to the lines.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from grader.model.finding import Finding, Severity
from grader.model.report import Report, Verdict
from grader.render.excerpt import located
from grader.render.fingerprints import fingerprinted
from grader.render.json import clean, written
from grader.render.visible import visible

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
_MOST_TEXT = 1_000

_Json = dict[str, Any]


def render(report: Report) -> str:
    """Return a list of one report's findings."""
    return render_all([report])


def render_all(reports: Sequence[Report]) -> str:
    """Return one list of all findings, indented, with a final newline."""
    found = [*_broken(reports), *_findings(reports)]
    return written(found)


def _broken(reports: Sequence[Report]) -> Iterator[_Json]:
    """Yield the grader's own failures: without them, the list would say that everything is fine."""
    for report in reports:
        if report.verdict is Verdict.ERROR:
            yield {
                "description": _text(report.summary),
                "check_name": "grader-error",
                "fingerprint": hashlib.sha256(_path(report).encode()).hexdigest()[:32],
                "severity": "blocker",
                "location": {"path": _path(report), "lines": {"begin": 1}},
            }


def _findings(reports: Sequence[Report]) -> Iterator[_Json]:
    for report, finding, fingerprint in fingerprinted(reports):
        yield {
            "description": _text(finding.message),
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": _path_of(report, finding), **_place(report, finding)},
        }


def _text(text: str) -> str:
    return clean(visible(text), _MOST_TEXT)


def _path(report: Report) -> str:
    return _relative(report.path)


def _path_of(report: Report, finding: Finding) -> str:
    return _relative(report.place(finding.span).path) if finding.span else _path(report)


def _relative(path: str) -> str:
    """Return the path in the form that GitLab compares to the checkout: relative, no `./`."""
    return visible(path.replace("\\", "/")).removeprefix("./")


def _place(report: Report, finding: Finding) -> _Json:
    """Return the marked characters; for the whole file, the first line."""
    place = located(report, finding)
    if place is None:
        return {"lines": {"begin": 1}}
    span = place.span
    begin = {"line": span.line, "column": max(span.column, 1)}
    end = {"line": span.end_line, "column": max(span.end_column, 1)}
    return {"positions": {"begin": begin, "end": end}}
