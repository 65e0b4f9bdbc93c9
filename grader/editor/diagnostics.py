"""A report as diagnostics: each finding at its characters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lsprotocol import types

from grader.editor.places import Places
from grader.model.finding import Finding, Severity
from grader.model.report import Equivalent, Report, Verdict
from grader.render.visible import visible
from grader.rules import rule_by_id
from grader.website import rule_address

SOURCE: Final = "grade"

_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}


def diagnostics(report: Report, uri: str, places: Places) -> list[types.Diagnostic]:
    """Return a diagnostic for each finding, in the order in which to read them."""
    return [_diagnostic(each, uri, places) for each in report.findings]


def range_of(finding: Finding, places: Places) -> types.Range:
    """Return where a finding is; the first line if it is about the whole file."""
    return places.range(finding.span) if finding.span is not None else places.first_line()


def _diagnostic(finding: Finding, uri: str, places: Places) -> types.Diagnostic:
    where = range_of(finding, places)
    return types.Diagnostic(
        range=where,
        severity=_SEVERITIES[finding.severity],
        source=SOURCE,
        code=finding.rule,
        code_description=types.CodeDescription(href=_link(finding.rule)),
        message="\n".join(map(visible, _lines(finding))),
        related_information=[
            types.DiagnosticRelatedInformation(
                location=types.Location(uri=places.uri(finding.span, uri), range=where),
                message=visible(finding.label),
            )
        ]
        if finding.label and finding.span is not None
        else None,
    )


def _link(rule: str) -> str:
    return rule_address(rule) or rule_by_id(rule).link


def _lines(finding: Finding) -> Iterator[str]:
    yield finding.message
    for row in finding.shapes:
        both = f"expected {row.expected}" if row.expected is not None else "not expected"
        yield f"{row.name}: {row.actual or 'missing'}, {both}"
    yield from finding.details
    yield f"help: {finding.help}"


def status(report: Report) -> str:
    """Return the verdict in one line: whether it passed, and whether that is proved."""
    name = report.exercise.slug if report.exercise is not None else report.path
    if report.verdict is Verdict.PASSED:
        if report.equivalence.status is Equivalent.PROVED:
            return f"{name} passed, and is proved: {report.equivalence.scope}"
        return f"{name} passed on {report.cases.executed} cases"
    return f"{name}: {report.summary}"
