"""The terminal report as plain text: for a file, a log, or a mail."""

from __future__ import annotations

from grader.render.blocks import report_lines
from grader.render.layout import Line, Page
from grader.report import Report


def render(report: Report, width: int = 80, *, verbose: bool = False, quiet: bool = False) -> str:
    """Return the report without colour, in lines of at most `width` cells."""
    return as_text(report_lines(report, Page(width), verbose=verbose, quiet=quiet))


def as_text(lines: list[Line]) -> str:
    """Return laid out lines as text, without roles and without spaces at their ends."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)
