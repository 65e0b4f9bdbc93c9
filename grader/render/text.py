"""The terminal report as plain text, for a file, a log, or an email."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model.report import Report
from grader.render.blocks import report_lines
from grader.render.layout import Line, Page
from grader.render.summary import summary_table

_WIDTH = 80


def render(
    report: Report, width: int = _WIDTH, *, verbose: bool = False, quiet: bool = False
) -> str:
    """Return the report without colour, in lines of at most `width` cells."""
    return as_text(report_lines(report, Page(width), verbose=verbose, quiet=quiet))


def render_all(reports: Sequence[Report]) -> str:
    """Return the reports one after the other, then a table of all of them."""
    return "\n\n".join([*map(render, reports), as_text(summary_table(reports, Page(_WIDTH)))])


def as_text(lines: list[Line]) -> str:
    """Return laid-out lines as text, without roles and trailing spaces."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)
