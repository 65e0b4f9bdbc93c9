"""Gradescope's `results.json`: one test per check, scored by the check's weight.

See https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format. All texts are
declared as plain text, so that none is read as HTML or Markdown.
"""

from __future__ import annotations

from typing import Any

from grader.model.report import Report, Status
from grader.render.check_rows import CheckRow, check_rows
from grader.render.json import clean, written
from grader.render.text import render as render_text
from grader.render.visible import visible

_MOST_TEXT = 20_000


def render(report: Report) -> str:
    """Return the document, indented, with a final newline."""
    document: dict[str, Any] = {
        "output": clean(_overview(report), _MOST_TEXT),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "execution_time": round(max(report.duration_s, 0.0), 3),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(report, row) for row in check_rows(report)],
        "extra_data": {"verdict": report.verdict, "sha256": report.sha256},
    }
    if not report.checks:
        document["score"] = 0.0
    return written(document)


def _overview(report: Report) -> str:
    """Return the quiet report; the tests contain the findings themselves."""
    if not report.checks:
        return render_text(report, 88)
    return f"{visible(report.summary)}\n\n{render_text(report, 88, quiet=True)}"


def _test(report: Report, row: CheckRow) -> dict[str, Any]:
    weight = _weight(report, row)
    passed = row.result.status is Status.PASSED
    text = row.headline if row.result.status is Status.SKIPPED else row.text
    return {
        "name": visible(f"{row.result.name}: {row.result.title}"),
        "score": weight if passed else 0.0,
        "max_score": weight,
        "status": "passed" if passed else "failed",
        "output": clean(text, _MOST_TEXT),
        "tags": sorted({finding.rule for finding in row.findings}),
        "visibility": "visible",
    }


def _weight(report: Report, row: CheckRow) -> float:
    exercise = report.exercise.part_for(row.result.function) if report.exercise else None
    specs = exercise.checks if exercise else ()
    return next((spec.weight for spec in specs if spec.check == row.result.check), 1.0)
