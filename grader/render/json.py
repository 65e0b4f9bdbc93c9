"""The JSON report, version 1: the contract with other programs. `schema.json` is made from it.

Every key is always present. Numbers are finite, texts are valid Unicode, and the document stays
below 200 kB whatever a submission prints: long parts are cut, the deepest evidence first. Printing
a text is harmless: control characters are written as Python escapes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from grader.model.case import FloatValue, IntValue
from grader.model.finding import Finding, Severity
from grader.model.report import Equivalent, Report, Status, Verdict
from grader.render.reproduce import reproduce
from grader.render.tool import TOOL_NAME, tool_version
from grader.render.visible import inert

MOST_BYTES = 200_000

_Place = Annotated[int, msgspec.Meta(ge=1)]
_Count = Annotated[int, msgspec.Meta(ge=0)]
_COUNTEREXAMPLE = {
    "description": "the seed, each size by its name, what the reference and the submission gave",
    "properties": {
        "seed": {"type": ["integer", "null"]},
        "expected": {"type": ["string", "null"]},
        "actual": {"type": ["string", "null"]},
        "reproduce": {"type": ["string", "null"], "description": "Python that shows it"},
    },
    "required": ["seed", "expected", "actual", "reproduce"],
    "additionalProperties": {"type": "number"},
}
_Counterexample = Annotated[dict[str, Any], msgspec.Meta(extra_json_schema=_COUNTEREXAMPLE)]


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the document, with exactly these keys."""


class JsonTool(_Document, frozen=True, kw_only=True):
    """The program that wrote the report."""

    name: str
    version: str


class JsonEnvironment(_Document, frozen=True, kw_only=True):
    """Versions that the submission ran with, and the protections that were active."""

    python: str
    jax: str
    flax: str
    hypothesis: str
    platform: str
    protections: tuple[str, ...]


class JsonSubmission(_Document, frozen=True, kw_only=True):
    """The file that was graded, and the SHA-256 of its bytes in hex."""

    path: str
    sha256: str


class JsonCheck(_Document, frozen=True, kw_only=True):
    """One check and how it ended."""

    id: str
    title: str
    status: Status


class JsonLocation(_Document, frozen=True, kw_only=True):
    """Lines and columns count from 1, columns in characters; the end column is exclusive."""

    path: str
    line: _Place
    column: _Place
    end_line: _Place
    end_column: _Place


class JsonFinding(_Document, frozen=True, kw_only=True):
    """One mistake; `evidence` depends on the rule."""

    rule: str
    severity: Severity
    check: str
    message: str
    help: str
    location: JsonLocation | None
    evidence: dict[str, Any]
    counterexample: _Counterexample | None


class JsonEquivalence(_Document, frozen=True, kw_only=True):
    """Whether the submission was proved equal to the reference; `scope` for what."""

    status: Equivalent
    scope: str


class JsonCases(_Document, frozen=True, kw_only=True):
    """The seed that the cases come from, and how many there were."""

    seed: int
    generated: _Count
    executed: _Count


class JsonOutput(_Document, frozen=True, kw_only=True):
    """What the submission printed."""

    stdout: str
    stderr: str
    truncated: bool


class JsonReport(_Document, frozen=True, kw_only=True):
    """A report on one submission. `passed` means no finding of severity `error`."""

    schema_version: Literal[1]
    tool: JsonTool
    environment: JsonEnvironment
    exercise: str | None
    submission: JsonSubmission
    verdict: Verdict
    score: Annotated[float, msgspec.Meta(ge=0, le=1)]
    summary: str
    checks: tuple[JsonCheck, ...]
    findings: tuple[JsonFinding, ...]
    equivalence: JsonEquivalence
    cases: JsonCases
    output: JsonOutput
    duration_s: Annotated[float, msgspec.Meta(ge=0)]


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
    return msgspec.json.format(encoded(report), indent=2).decode() + "\n"


def render_all(reports: Sequence[Report]) -> str:
    """Return a JSON array with a document for each report."""
    array = b"[" + b",".join(map(encoded, reports)) + b"]"
    return msgspec.json.format(array, indent=2).decode() + "\n"


def encoded(report: Report) -> bytes:
    """Return the document on one line, small enough even when it is indented."""
    line = b""
    for limits in _LIMITS:
        line = msgspec.json.encode(document(report, limits))
        if len(msgspec.json.format(line, indent=2)) < MOST_BYTES:
            break
    return line


def document(report: Report, limits: _Limits = _LIMITS[0]) -> JsonReport:
    """Return the document as data, with texts and lists cut to `limits`."""
    findings = report.findings[: limits.findings]
    env = report.environment
    return JsonReport(
        schema_version=1,
        tool=JsonTool(name=TOOL_NAME, version=tool_version()),
        environment=JsonEnvironment(
            python=env.python,
            jax=env.jax,
            flax=env.flax,
            hypothesis=env.hypothesis,
            platform=env.platform,
            protections=env.protections,
        ),
        exercise=report.exercise.slug if report.exercise else None,
        submission=JsonSubmission(path=clean(report.path, limits.text), sha256=report.sha256),
        verdict=report.verdict,
        score=min(max(_finite(report.score) or 0.0, 0.0), 1.0),
        summary=clean(report.summary, limits.text),
        checks=tuple(
            JsonCheck(id=each.check, title=each.title, status=each.status) for each in report.checks
        ),
        findings=tuple(_finding(report, each, limits) for each in findings),
        equivalence=JsonEquivalence(
            status=report.equivalence.status, scope=clean(report.equivalence.scope, limits.text)
        ),
        cases=JsonCases(
            seed=report.cases.seed,
            generated=report.cases.generated,
            executed=report.cases.executed,
        ),
        output=_output(report, limits),
        duration_s=max(_finite(report.duration_s) or 0.0, 0.0),
    )


def _finding(report: Report, finding: Finding, limits: _Limits) -> JsonFinding:
    evidence = _json_value(finding.evidence, limits, 8)
    return JsonFinding(
        rule=finding.rule,
        severity=finding.severity,
        check=finding.check,
        message=clean(finding.message, limits.text),
        help=clean(finding.help, limits.text),
        location=_location(report, finding, limits),
        evidence=evidence if isinstance(evidence, dict) else {},
        counterexample=_counterexample(report, finding, limits),
    )


def _location(report: Report, finding: Finding, limits: _Limits) -> JsonLocation | None:
    span = finding.span
    if span is None:
        return None
    return JsonLocation(
        path=clean(report.path, limits.text),
        line=max(span.line, 1),
        column=max(span.column, 1),
        end_line=max(span.end_line, 1),
        end_column=max(span.end_column, 1),
    )


def _counterexample(
    report: Report, finding: Finding, limits: _Limits
) -> dict[str, int | float | str | None] | None:
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


def _output(report: Report, limits: _Limits) -> JsonOutput:
    printed = report.output
    longest = max(len(printed.stdout), len(printed.stderr))
    return JsonOutput(
        stdout=clean(printed.stdout, limits.text),
        stderr=clean(printed.stderr, limits.text),
        truncated=printed.truncated or longest > limits.text,
    )


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def clean(text: str, most: int) -> str:
    """Return `text` cut to `most` characters, with control characters escaped."""
    return inert(text if len(text) <= most else text[: max(most - 1, 0)] + "\u2026")


def _json_value(value: object, limits: _Limits, depth: int) -> object:
    """Return `value` as JSON; as text if it is not finite, too deep or not JSON."""
    plain: object
    match value:
        case None | bool():
            plain = value
        case int() if -(2**63) <= value < 2**64:
            plain = value
        case float():
            plain = _finite(value)
        case dict() if depth:
            pairs = list(value.items())[: limits.items]
            plain = {clean(str(k), 200): _json_value(v, limits, depth - 1) for k, v in pairs}
        case list() | tuple() if depth:
            plain = [_json_value(each, limits, depth - 1) for each in value[: limits.items]]
        case _:
            plain = clean(str(value), limits.text)
    return plain
