"""Workflow commands: findings as annotations on the lines of a pull request.

GitHub shows at most ten errors per step, so errors come first, and only ten are written. See
https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.model.finding import Finding, Severity
from grader.model.report import Report, Verdict
from grader.render.visible import visible, visible_lines

MOST_ANNOTATIONS = 10

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_ORDER = tuple(_COMMANDS)


def render(report: Report) -> str:
    """Return a line for each annotated finding, nothing if there is none."""
    return render_all([report])


def render_all(reports: Sequence[Report]) -> str:
    """Return the annotations of all reports, the worst first, ten at most."""
    found = [(report, finding) for report in reports for finding in report.findings]
    found.sort(key=lambda each: _ORDER.index(each[1].severity))
    broken = [_grader_error(report) for report in reports if report.verdict is Verdict.ERROR]
    lines = [*broken, *(_annotation(report, finding) for report, finding in found)]
    return "".join(f"{line}\n" for line in lines[:MOST_ANNOTATIONS])


def _annotation(report: Report, finding: Finding) -> str:
    place: dict[str, object] = {"file": visible(report.path)}
    if finding.span is not None:
        found = report.place(finding.span)
        place, span = {"file": visible(found.path)}, found.span
        place |= {"line": span.line, "endLine": span.end_line}
        if span.line == span.end_line:
            place |= {"col": span.column, "endColumn": span.end_column}
    place["title"] = finding.rule
    texts = [finding.message, *finding.details, finding.why]
    if finding.help:
        texts.append(f"next: {finding.help}")
    return _command(_COMMANDS[finding.severity], place, _lines(texts))


def _grader_error(report: Report) -> str:
    place: dict[str, object] = {"file": visible(report.path), "title": "grader error"}
    return _command("error", place, _lines([report.summary]))


def _lines(texts: Sequence[str]) -> str:
    lines = [line for text in texts for line in visible_lines(text) if line.strip()]
    return "\n".join(lines)


def _command(name: str, properties: dict[str, object], message: str) -> str:
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
