"""What must hold of every report, whatever it is about."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from grader.cli.grading import exit_code
from grader.grading.request import GradingRequest
from grader.model.report import Report, Status, Verdict
from grader.render import RENDERERS

LARGEST = 200_000
_SCHEMA = Path(__file__).resolve().parents[2] / "grader" / "render" / "schema.json"
_validator = jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def check(report: Report) -> None:
    """Raise `AssertionError` unless a report is an ordinary one, and renders in each format."""
    assert report.verdict is not Verdict.ERROR, report.summary
    code = exit_code([report.verdict], GradingRequest())
    assert code == (0 if report.verdict is Verdict.PASSED else 1)
    assert report.score < 1.0 or report.verdict is Verdict.PASSED, report.summary
    assert report.findings or report.verdict is Verdict.PASSED
    if report.verdict is Verdict.PASSED:
        assert Status.FAILED not in {each.status for each in report.checks}, report.checks
    for name, render in RENDERERS.items():
        document = render(report)
        document.encode()
        if name == "json":
            assert len(document) < LARGEST
            _validator.validate(json.loads(document))
