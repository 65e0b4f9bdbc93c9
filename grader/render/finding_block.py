"""One finding as a learner sees it: what happened, where, evidence, why, and the next step."""

from __future__ import annotations

from grader.model.finding import Finding, Severity
from grader.model.report import Report
from grader.render.axis_drawing import axis_drawing
from grader.render.excerpt import finding_excerpt
from grader.render.layout import (
    DOT,
    MARGIN,
    Line,
    Page,
    Piece,
    Role,
    command,
    line_cells,
    paragraph,
    wrap,
)
from grader.render.reproduce import reproduce
from grader.render.shape_tree import shape_tree
from grader.render.visible import cells, visible, visible_lines
from grader.render.words import case_words, message_words

ROLES = {
    Severity.ERROR: Role.ERROR,
    Severity.WARNING: Role.WARNING,
    Severity.NOTE: Role.NOTE,
}
_BODY = MARGIN + 2
_EVIDENCE = MARGIN + 4
# A column for messages needs at least this many cells.
_LEAST_MESSAGE = 24


def severity_glyph(severity: Severity, page: Page) -> str:
    """Return the sign at the start of a finding of this severity."""
    match severity:
        case Severity.ERROR:
            return page.glyphs.failed
        case Severity.WARNING:
            return page.glyphs.warning
        case Severity.NOTE:
            return page.glyphs.note


def finding_block(
    report: Report, finding: Finding, page: Page, check_width: int, *, verbose: bool
) -> list[Line]:
    """Return the lines of one finding; `check_width` aligns the messages of all findings."""
    role = ROLES[finding.severity]
    evidence = page._replace(width=page.width - _EVIDENCE)
    lines = _heading(finding, page, check_width)
    lines += _indented(finding_excerpt(report, finding, evidence, role))
    if finding.shapes:
        lines += _indented(shape_tree(finding.shapes, evidence, role))
    if finding.drawing is not None:
        lines += _indented(axis_drawing(finding.drawing, evidence, role))
    for text in (*finding.details, finding.why):
        lines += _prose(text, page)
    if finding.case is not None:
        words = case_words(finding.case)
        lines += wrap([Piece(f"smallest case: {words}")], page.width, _BODY, _BODY + 2)
    if verbose:
        lines += _reproduction(report, finding, page)
    return lines + _next_step(finding, page)


def _heading(finding: Finding, page: Page, check_width: int) -> list[Line]:
    """Sign, check and message, and the rule on the right if there is room."""
    sign = severity_glyph(finding.severity, page)
    role = ROLES[finding.severity]
    check = f"{finding.check_name:<{check_width}}"
    lead = [Piece(" " * MARGIN), Piece(f"{sign} {check}", role), Piece("   ")]
    at = line_cells(lead)
    message = message_words(finding)
    if page.width - at < _LEAST_MESSAGE:
        first = [lead[0], Piece(f"{sign} {finding.check_name}", role)]
        return [first, *paragraph(message, page, Role.STRONG, indent=_BODY)]
    first_line, *others = paragraph(message, page, Role.STRONG, indent=at) or [[]]
    first_line = [*lead, *first_line[1:]]
    gap = page.width - line_cells(first_line) - cells(finding.rule)
    if gap >= 2 and not others:
        first_line += [Piece(" " * gap), Piece(finding.rule, Role.FAINT)]
    return [first_line, *others]


def _indented(lines: list[Line]) -> list[Line]:
    return [[Piece(" " * _EVIDENCE), *line] for line in lines]


def _prose(text: str, page: Page) -> list[Line]:
    """Wrap each line of `text`; one that fits keeps its spaces, so small tables stay aligned."""
    lines: list[Line] = []
    for line in filter(str.strip, visible_lines(text, page.encoding)):
        if _BODY + cells(line) <= page.width:
            lines.append([Piece(" " * _BODY + line)])
        else:
            indent = _BODY + min(len(line) - len(line.lstrip(" ")), 8)
            lines += wrap([Piece(line)], page.width, indent)
    return lines


def _next_step(finding: Finding, page: Page) -> list[Line]:
    """Put the help and the command on one line if they fit, otherwise the command below."""
    explain = command(f"grade explain {finding.rule}")
    start = [Piece("next:", Role.STRONG), Piece(" ")]
    if not finding.help:
        return wrap([*start, explain], page.width, _BODY)
    step = Piece(visible(finding.help, page.encoding))
    dot = Piece(f" {visible(DOT, page.encoding)} ")
    together = wrap([*start, step, dot, explain], page.width, _BODY)
    if len(together) == 1:
        return together
    hanging = _BODY + cells("next: ")
    alone = wrap([*start, step], page.width, _BODY, hanging)
    return [*alone, *wrap([explain], page.width, hanging)]


def _reproduction(report: Report, finding: Finding, page: Page) -> list[Line]:
    """Return the snippet. Its lines are never cut, so that they can be copied."""
    snippet = reproduce(report, finding)
    if snippet is None:
        return []
    code = visible_lines(snippet.rstrip("\n"), page.encoding)
    title = [Piece(" " * _BODY + "to see it in Python:")]
    return [title, *([Piece(" " * _EVIDENCE + line)] for line in code)]
