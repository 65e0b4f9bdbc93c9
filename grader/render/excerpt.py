"""Lines of the learner's code with a marked and labelled span, like rustc's output.

9 |         variable_axes={"params": 0},
  |                       ^^^^^^^^^^^^^ gives "params" a batch axis
"""

from __future__ import annotations

from grader.model.finding import Finding
from grader.model.observation import Span
from grader.model.report import Place, Report
from grader.model.source import Source
from grader.render.layout import Line, Page, Piece, Role, line_cells, wrap
from grader.render.source_line import SourceLine
from grader.render.visible import cells, cut_path, visible

# If a span has more lines than this, only its first three and its last two are shown.
_MOST_LINES = 6
_LEAST_LABEL = 24

_Row = tuple[int | None, Line]


def clamped(source: Source, span: Span) -> Span | None:
    """Return `span` with its ends inside the text; None if it starts outside."""
    if not 1 <= span.line <= len(source.lines):
        return None
    end_line = min(max(span.end_line, span.line), len(source.lines))
    end_column = span.end_column
    if end_line != span.end_line:
        end_column = len(source.lines[end_line - 1]) + 1
    return Span(
        line=span.line, column=max(span.column, 1), end_line=end_line, end_column=end_column
    )


def located(report: Report, finding: Finding) -> Place | None:
    """Return the file of a finding and its span there, inside the text; None without a place."""
    if finding.span is None:
        return None
    place = report.place(finding.span)
    span = clamped(place.source, place.span)
    return place._replace(span=span) if span is not None else None


def place(report: Report, finding: Finding) -> str:
    """Return `path:line:column`, or only the path if a finding has no place."""
    if finding.span is None:
        return visible(report.path)
    found = report.place(finding.span)
    return f"{visible(found.path)}:{found.span.line}:{found.span.column}"


def finding_excerpt(report: Report, finding: Finding, page: Page, role: Role) -> list[Line]:
    """Return the lines of a finding, under the name of their file if that isn't the main one."""
    if finding.span is None:
        return []
    place = report.place(finding.span)
    label = visible(finding.label, page.encoding)
    lines = excerpt(place.source, place.span, label, page, role)
    if place.main or not lines:
        return lines
    name = cut_path(visible(place.source.base, page.encoding), page.width, page.glyphs.ellipsis)
    return [[Piece(name, Role.STRONG)], *lines]


def excerpt(source: Source, span: Span, label: str, page: Page, role: Role) -> list[Line]:
    """Return the lines of the excerpt, without margin, at most `page.width` cells wide."""
    inside = clamped(source, span)
    if inside is None:
        return []
    gutter = len(str(inside.end_line))
    room = page._replace(width=max(page.width - gutter - 3, 12))
    lines = [
        SourceLine.of(number, source.lines[number - 1], page.encoding)
        for number in _line_numbers(inside)
    ]
    draw = _one_line if inside.end_line == inside.line else _several_lines
    rows = draw(lines, inside, label, room, role)
    return [[_gutter(number, gutter, page), *line] for number, line in rows]


def _gutter(number: int | None, width: int, page: Page) -> Piece:
    text = "" if number is None else str(number)
    return Piece(f"{text:>{width}} {page.glyphs.bar} ", Role.FAINT)


def _line_numbers(span: Span) -> list[int]:
    numbers = list(range(span.line, span.end_line + 1))
    return numbers if len(numbers) <= _MOST_LINES else [*numbers[:3], *numbers[-2:]]


def _one_line(
    lines: list[SourceLine], span: Span, label: str, page: Page, role: Role
) -> list[_Row]:
    line = lines[0]
    start = line.cell(span.column)
    end = max(line.cell(span.end_column), start + 1)
    # One cell is reserved for a mark just past the end of the line.
    cut = line.around(start, end, page.width - 1, page.glyphs.ellipsis)
    at = start - cut.offset
    carets = "^" * max(min(end - start, cells(cut.text) - at), 1)
    marks = [Piece(" " * at), Piece(carets, role)]
    return [(line.number, [Piece(cut.text)]), *_labelled(marks, at, label, page, role)]


def _labelled(marks: Line, at: int, label: str, page: Page, role: Role) -> list[_Row]:
    """Put the label after the marks, or wrapped below them if it is too long."""
    if not label:
        return [(None, marks)]
    text = Piece(label, role)
    if line_cells(marks) + 1 + cells(label) <= page.width:
        return [(None, [*marks, Piece(" "), text])]
    indent = min(at, page.width - cells(label))
    if indent < 0:
        indent = at if page.width - at >= _LEAST_LABEL else 0
    return [(None, marks), *((None, line) for line in wrap([text], page.width, indent))]


def _several_lines(
    lines: list[SourceLine], span: Span, label: str, page: Page, role: Role
) -> list[_Row]:
    """Mark a span of several lines with a bracket on the left."""
    shift = min((line.indent for line in lines if "".join(line.texts).strip()), default=0)
    first, *between, last = [line.dedented(min(shift, line.indent)) for line in lines]
    inner = page._replace(width=page.width - 3)
    rows = _opening(first, first.cell(span.column), inner, role)
    previous = first.number
    for line in between:
        rows += _left_out(previous, line.number, page)
        rows.append((line.number, _barred(line, page.glyphs.bar, inner, role)))
        previous = line.number
    rows += _left_out(previous, last.number, page)
    return rows + _closing(last, max(last.cell(span.end_column) - 1, 0), label, inner, role)


def _left_out(previous: int, number: int, page: Page) -> list[_Row]:
    return [(None, [Piece(page.glyphs.skip, Role.FAINT)])] if number > previous + 1 else []


def _barred(line: SourceLine, bar: str, page: Page, role: Role) -> Line:
    return [Piece(bar + " ", role), Piece(line.around(0, 1, page.width, page.glyphs.ellipsis).text)]


def _opening(line: SourceLine, start: int, page: Page, role: Role) -> list[_Row]:
    """Draw the first line; if the span starts inside it, with an arm to that place."""
    if start <= line.indent:
        return [(line.number, _barred(line, page.glyphs.top, page, role))]
    cut = line.around(start, start + 1, page.width, page.glyphs.ellipsis)
    arm = page.glyphs.corner + page.glyphs.dash * (start - cut.offset + 1) + "^"
    return [(line.number, [Piece("  "), Piece(cut.text)]), (None, [Piece(arm, role)])]


def _closing(line: SourceLine, end: int, label: str, page: Page, role: Role) -> list[_Row]:
    cut = line.around(end, end + 1, page.width, page.glyphs.ellipsis)
    arm = page.glyphs.bottom + page.glyphs.dash * (end - cut.offset + 1) + "^"
    code = [Piece(page.glyphs.bar + " ", role), Piece(cut.text)]
    outer = page._replace(width=page.width + 3)
    return [(line.number, code), *_labelled([Piece(arm, role)], 2, label, outer, role)]
