"""JSON Lines: the JSON report, one line per submission."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model.report import Report
from grader.render.json import encoded


def render(report: Report) -> str:
    """Return the document on one line, with its newline."""
    return encoded(report).decode() + "\n"


def render_all(reports: Sequence[Report]) -> str:
    """Return a line for each report."""
    return "".join(map(render, reports))
