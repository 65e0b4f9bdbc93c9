"""The text that a span covers, for tests that assert columns."""

from __future__ import annotations

from grader.model.observation import Span
from grader.model.source import Source


def marked(source: Source, span: Span | None) -> str:
    """Return the text that a span covers, its lines joined."""
    assert span is not None
    lines = source.lines[span.line - 1 : span.end_line]
    if len(lines) == 1:
        return lines[0][span.column - 1 : span.end_column - 1]
    return "\n".join((lines[0][span.column - 1 :], *lines[1:-1], lines[-1][: span.end_column - 1]))


def with_marks(source: Source, span: Span | None) -> str:
    """Return the text with marks around what a span covers."""
    assert span is not None
    lines = list(source.lines)
    for line, column, mark in (
        (span.end_line, span.end_column, "»"),
        (span.line, span.column, "«"),
    ):
        text = lines[line - 1]
        lines[line - 1] = text[: column - 1] + mark + text[column - 1 :]
    return "\n".join(lines)
