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


def render(report: Report) -> str:
    """Return the document, indented, with a final newline."""
    came_to_run = report.verdict in (Verdict.PASSED, Verdict.FAILED)
    document: dict[str, Any] = {"version": 3, "status": _status(report), "message": None}
    if came_to_run:
        output = _printed(report)
        document["tests"] = [_test(row, output) for row in check_rows(report)]
    else:
        document["message"] = clean(render_text(report, 88), _MOST_TEXT)
        document["tests"] = []
    return written(document)


def _status(report: Report) -> str:
    match report.verdict:
        case Verdict.PASSED:
            return "pass"
        case Verdict.FAILED:
            return "fail"
        case Verdict.UNGRADABLE | Verdict.ERROR:
            return "error"


def _test(row: CheckRow, output: str | None) -> dict[str, Any]:
    status, message = "pass", None
    if row.failed:
        status, message = "fail", row.text
    elif row.result.status is Status.SKIPPED:
        status, message = "error", row.headline
    return {
        "name": visible(f"{row.result.check}: {row.result.title}"),
        "status": status,
        "message": None if message is None else clean(message, _MOST_TEXT),
        "output": output if row.result.check == "runs" else None,
        "test_code": visible(row.result.title),
    }


def _printed(report: Report) -> str | None:
    """Return the part of the submission's output that Exercism shows; None for nothing."""
    text = "\n".join(visible_lines(report.output.stdout)).strip()
    return clean(text, _MOST_OUTPUT) if text else None
