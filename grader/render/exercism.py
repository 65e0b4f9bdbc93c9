"""Exercism's `results.json`, version 3: one test per check.

See https://exercism.org/docs/building/tooling/test-runners/interface: texts have at most 65535
characters, and a test's output 500.
"""

from __future__ import annotations

from typing import Any

from grader.model.report import Report, Status, Verdict
from grader.render.check_rows import CheckRow, check_rows
from grader.render.json import clean, written
from grader.render.text import render as render_text
from grader.render.visible import visible, visible_lines

_MOST_TEXT = 65_000
_MOST_OUTPUT = 500
_STATUSES = {Verdict.PASSED: "pass", Verdict.FAILED: "fail"}


def render(report: Report) -> str:
    """Return the document, indented, with a final newline."""
    status, output = _STATUSES.get(report.verdict, "error"), _printed(report)
    never_ran = status == "error"
    document: dict[str, Any] = {
        "version": 3,
        "status": status,
        "message": clean(render_text(report, 88), _MOST_TEXT) if never_ran else None,
        "tests": [] if never_ran else [_test(row, output) for row in check_rows(report)],
    }
    return written(document)


def _test(row: CheckRow, output: str | None) -> dict[str, Any]:
    status, message = {
        Status.PASSED: ("pass", None),
        Status.FAILED: ("fail", row.text),
        Status.SKIPPED: ("error", row.headline),
    }[row.result.status]
    return {
        "name": visible(f"{row.result.name}: {row.result.title}"),
        "status": status,
        "message": None if message is None else clean(message, _MOST_TEXT),
        "output": output if row.result.check == "runs" else None,
        "test_code": visible(row.result.title),
    }


def _printed(report: Report) -> str | None:
    """Return the part of the submission's output that Exercism shows; None for nothing."""
    text = "\n".join(visible_lines(report.output.stdout)).strip()
    return clean(text, _MOST_OUTPUT) if text else None
