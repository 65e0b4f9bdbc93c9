"""SARIF 2.1.0, for GitHub code scanning and editors: one run with the results of all submissions.

GitHub accepts only one run per tool in an upload, so several reports share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from grader.model.finding import Finding, Severity
from grader.model.report import Report, Verdict
from grader.render.excerpt import located
from grader.render.fingerprints import fingerprinted
from grader.render.json import clean, written
from grader.render.tool import TOOL_NAME, tool_version
from grader.render.visible import visible_lines
from grader.render.words import case_text
from grader.rules import RULES
from grader.rules.rule import Rule
from grader.website import rule_address

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_TEXT = 5_000
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}

_Json = dict[str, Any]


def render(report: Report) -> str:
    """Return a log about one submission."""
    return render_all([report])


def render_all(reports: Sequence[Report]) -> str:
    """Return a log with the results of all reports, indented, with a final newline."""
    rules = _rules(finding.rule for report in reports for finding in report.findings)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": TOOL_NAME, "version": tool_version(), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(reports)],
        "artifacts": _artifacts(reports),
        "results": _results(reports, index),
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return written(log)


def _rules(found: Iterable[str]) -> list[_Json]:
    """Return every rule, and a minimal entry for each finding without an existing rule."""
    known = [_rule(rule) for rule in RULES]
    ids = {rule["id"] for rule in known}
    return known + [{"id": rule} for rule in sorted(set(found) - ids)]


def _rule(rule: Rule) -> _Json:
    markdown = (
        f"{rule.explanation.strip()}\n\nWrong:\n\n```python\n{rule.wrong.strip()}\n```\n\n"
        f"Right:\n\n```python\n{rule.right.strip()}\n```\n"
    )
    entry: _Json = {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation.strip()},
        "help": {"text": f"{rule.explanation.strip()}\n", "markdown": markdown},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["jax", "flax", rule.check], "precision": "very-high"},
    }
    link = rule_address(rule.id) or rule.link
    return entry | ({"helpUri": link} if link else {})


def _invocation(reports: Sequence[Report]) -> _Json:
    notes = [
        {"level": "error", "message": {"text": _message([report.summary])}}
        for report in reports
        if report.verdict is Verdict.ERROR
    ]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def _artifacts(reports: Sequence[Report]) -> list[_Json]:
    """Return each file once, as the schema requires."""
    files = dict.fromkeys(pair for report in reports for pair in report.files)
    return [_artifact(path, digest) for path, digest in files]


def _artifact(path: str, digest: str) -> _Json:
    artifact: _Json = {"location": _location(path), "sourceLanguage": "python"}
    return artifact | ({"hashes": {"sha-256": digest}} if digest else {})


def _location(name: str) -> _Json:
    """Return the file's URI: relative to the checkout, or `file:` for an absolute path.

    A URI encodes bytes, so it works for names that aren't Unicode, too.
    """
    path = quote(name.replace("\\", "/").encode("utf-8", "surrogateescape"), safe="/")
    if path.startswith("/"):
        return {"uri": f"file://{path}"}
    return {"uri": path.removeprefix("./"), "uriBaseId": "%SRCROOT%"}


def _results(reports: Sequence[Report], index: dict[str, int]) -> list[_Json]:
    return [
        {
            "ruleId": finding.rule,
            "ruleIndex": index[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": _words(finding)},
            "locations": [{"physicalLocation": _place(report, finding)}],
            "partialFingerprints": {"graderFinding/v1": fingerprint},
            "properties": _properties(finding),
        }
        for report, finding, fingerprint in fingerprinted(reports)
    ]


def _words(finding: Finding) -> str:
    step = f"Next: {finding.help}" if finding.help else ""
    return _message([finding.message, *finding.details, finding.why, step])


def _message(texts: Iterable[str]) -> str:
    """Join texts as lines; `](` would make a link, so it is separated."""
    lines = [line for text in texts for line in visible_lines(text) if line.strip()]
    return clean("\n".join(lines), _MOST_TEXT).replace("](", "] (")


def _place(report: Report, finding: Finding) -> _Json:
    """Return file and region; for the whole file the first line, since GitHub needs a region."""
    path = report.place(finding.span).path if finding.span is not None else report.path
    place: _Json = {"artifactLocation": _location(path), "region": {"startLine": 1}}
    inside = located(report, finding)
    if inside is not None:
        span = inside.span
        place["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": max(span.end_column, 1),
        }
    return place


def _properties(finding: Finding) -> _Json:
    properties: _Json = {"check": finding.check}
    if finding.function:
        properties["function"] = finding.function
    if finding.case is not None:
        properties["smallestCase"] = case_text(finding.case)
    return properties
