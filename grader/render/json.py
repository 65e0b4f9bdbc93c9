"""The JSON report, version 1. `schema.json` beside this is the contract with programs.

Every key is always there. Numbers are finite, texts are whole Unicode, and the document stays
below 200 kB whatever a submission prints: what is too long is cut, deepest evidence first. No text
acts when it is printed: controls stand in it as Python writes them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from grader.model.case import FloatValue, IntValue
from grader.model.finding import Finding
from grader.model.observation import Span
from grader.model.report import CheckResult, Report
from grader.render.reproduce import reproduce
from grader.render.tool import TOOL_NAME, tool_version
from grader.render.visible import inert
from grader.website import rule_address

MOST_BYTES = 200_000

_Json = dict[str, Any]


class _Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The maximum number of characters in a text, and of items in a list or an object."""

    text: int
    items: int
    findings: int


# Tried in order until the document is small enough; with the last one it always is.
_LIMITS = (
    _Limits(text=16_000, items=500, findings=1000),
    _Limits(text=4_000, items=100, findings=200),
    _Limits(text=1_000, items=30, findings=50),
    _Limits(text=200, items=8, findings=20),
    _Limits(text=100, items=0, findings=10),
)


def render(report: Report) -> str:
    """Return the document, indented, with a final newline."""
    return _indented(encoded(report))


def render_all(reports: Sequence[Report]) -> str:
    """Return a JSON array with a document for each report."""
    return _indented(b"[" + b",".join(map(encoded, reports)) + b"]")


def written(document: object) -> str:
    """Return any document of a JSON format, indented, with a final newline."""
    return _indented(msgspec.json.encode(document))


def _indented(line: bytes) -> str:
    return msgspec.json.format(line, indent=2).decode() + "\n"


def encoded(report: Report) -> bytes:
    """Return the document on one line, small enough even when it is indented."""
    line = b""
    for limits in _LIMITS:
        line = msgspec.json.encode(document(report, limits))
        if len(msgspec.json.format(line, indent=2)) < MOST_BYTES:
            break
    return line


def document(report: Report, limits: _Limits = _LIMITS[0]) -> _Json:
    """Return the document as data, with texts and lists cut to `limits`."""
    equivalence = report.equivalence
    environment = msgspec.structs.asdict(report.environment)
    del environment["missing"]
    return {
        "schema_version": 1,
        "tool": {"name": TOOL_NAME, "version": tool_version()},
        "environment": environment,
        "exercise": report.exercise.slug if report.exercise else None,
        "submission": {
            "path": clean(report.path, limits.text),
            "sha256": report.sha256,
            **_files(report, limits),
        },
        **_student(report, limits),
        "verdict": report.verdict,
        "score": min(max(_finite(report.score) or 0.0, 0.0), 1.0),
        "summary": clean(report.summary, limits.text),
        "checks": [
            {"id": each.check, "title": each.title, "status": each.status, **_function(each)}
            for each in report.checks
        ],
        "findings": [_finding(report, each, limits) for each in report.findings[: limits.findings]],
        **_functions(report, limits),
        "repair": {"status": report.repair.status, "edits": _edits(report, limits)},
        "equivalence": {
            "status": equivalence.status,
            "scope": clean(equivalence.scope, limits.text),
        },
        "cases": report.cases,
        "output": _output(report, limits),
        "duration_s": max(_finite(report.duration_s) or 0.0, 0.0),
    }


def _files(report: Report, limits: _Limits) -> _Json:
    """Return each file's own digest; only where files were handed in beside the program."""
    files = [{"path": clean(path, limits.text), "sha256": own} for path, own in report.files]
    return {"files": files} if len(files) > 1 else {}


def _student(report: Report, limits: _Limits) -> _Json:
    """Return who handed it in; known only for the reports of a class."""
    return {} if report.student is None else {"student": clean(report.student, limits.text)}


def _function(about: CheckResult | Finding) -> _Json:
    """Return which function it is about; known only where the task asks for several."""
    return {"function": about.function} if about.function else {}


def _functions(report: Report, limits: _Limits) -> _Json:
    """Return what is known of each function; only where the task asks for several."""
    parts = [
        {
            "name": each.function,
            "score": each.score,
            "equivalence": {
                "status": each.equivalence.status,
                "scope": clean(each.equivalence.scope, limits.text),
            },
        }
        for each in report.parts
    ]
    return {"functions": parts} if parts else {}


def _finding(report: Report, finding: Finding, limits: _Limits) -> _Json:
    evidence = _json_value(finding.evidence, limits, 8)
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "check": finding.check,
        **_function(finding),
        "message": clean(finding.message, limits.text),
        "help": clean(finding.help, limits.text),
        "location": _location(report, finding.span, limits),
        "evidence": evidence if isinstance(evidence, dict) else {},
        "counterexample": _counterexample(report, finding, limits),
        **_link(finding.rule),
    }


def _link(rule: str) -> _Json:
    """Return where the rule is explained; known only if there is a website."""
    address = rule_address(rule)
    return {} if address is None else {"link": address}


def _edits(report: Report, limits: _Limits) -> list[_Json]:
    """Return the edits, all or none: some of them alone may not be right."""
    edits = report.repair.edits if report.shows_repair else ()
    texts = ["".join(each.text.splitlines()) for each in edits]
    if len(edits) > limits.items or any(clean(each, limits.text) != each for each in texts):
        return []
    return [{"location": _location(report, e.span, limits), "text": e.text} for e in edits]


def _location(report: Report, span: Span | None, limits: _Limits) -> _Json | None:
    """Return the place; lines and columns count from 1, the end column is exclusive."""
    if span is None:
        return None
    place = report.place(span)
    ends = msgspec.structs.asdict(place.span)
    places = {name: max(number, 1) for name, number in ends.items()}
    return {"path": clean(place.path, limits.text), **places}


def _counterexample(report: Report, finding: Finding, limits: _Limits) -> _Json | None:
    case = finding.case
    if case is None:
        return None
    numbers = {
        argument.name: _finite(argument.value.value)
        for argument in case.arguments
        if isinstance(argument.value, IntValue | FloatValue)
    }
    snippet = reproduce(report, finding)
    fits = snippet is not None and len(snippet) <= max(limits.text, 1000)
    return {
        "seed": None,
        **case.sizes,
        **{name: number for name, number in numbers.items() if number is not None},
        "expected": _short(finding.evidence.get("expected"), limits),
        "actual": _short(finding.evidence.get("actual"), limits),
        "reproduce": clean(snippet, MOST_BYTES) if snippet is not None and fits else None,
    }


def _short(value: object, limits: _Limits) -> str | None:
    """Return a value of the evidence as a short text; None if there is none."""
    if value is None:
        return None
    if not isinstance(value, str):
        value = msgspec.json.encode(_json_value(value, limits, 8)).decode()
    return clean(value, min(limits.text, 300))


def _output(report: Report, limits: _Limits) -> _Json:
    printed = report.output
    longest = max(len(printed.stdout), len(printed.stderr))
    return {
        "stdout": clean(printed.stdout, limits.text),
        "stderr": clean(printed.stderr, limits.text),
        "truncated": printed.truncated or longest > limits.text,
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def clean(text: str, most: int) -> str:
    """Return `text` cut to `most` characters, with control characters escaped."""
    return inert(text if len(text) <= most else text[: max(most - 1, 0)] + "\u2026")


def _json_value(value: object, limits: _Limits, depth: int) -> object:
    """Return `value` as JSON; as text if it is not finite, too deep or not JSON."""
    match value:
        case None | bool():
            return value
        case int() if -(2**63) <= value < 2**64:
            return value
        case float():
            return _finite(value)
        case dict() if depth:
            pairs = list(value.items())[: limits.items]
            return {clean(str(k), 200): _json_value(v, limits, depth - 1) for k, v in pairs}
        case list() | tuple() if depth:
            return [_json_value(each, limits, depth - 1) for each in value[: limits.items]]
        case _:
            return clean(str(value), limits.text)
