"""Markdown for GitHub's step summaries and pull-request comments.

Prose is escaped so that a learner's text can't make a heading, a link, an image, a mention or
HTML; code is in fences that are longer than any run of backticks in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from grader.model.finding import Finding, Severity
from grader.model.observation import Span
from grader.model.report import Place, Report, Status, Verdict
from grader.render.axis_drawing import axis_drawing
from grader.render.excerpt import finding_excerpt
from grader.render.layout import Page, Role
from grader.render.reproduce import reproduce
from grader.render.shape_tree import shape_tree
from grader.render.text import as_text
from grader.render.visible import cut, visible, visible_lines
from grader.render.words import (
    CODE,
    VERDICT_WORDS,
    case_words,
    checks_words,
    count_words,
    equivalence_words,
    message_words,
    repair_words,
    verdict_words,
)
from grader.website import rule_address

# A comment on GitHub may have 65536 characters.
MOST_CHARACTERS = 60_000
_MOST_PROSE = 2_000
_MOST_OUTPUT_LINES = 50
_WIDTH = 100

_VERDICT_SIGNS = {
    Verdict.PASSED: "\u2705",
    Verdict.FAILED: "\u274c",
    Verdict.UNGRADABLE: "\u274c",
    Verdict.ERROR: "\u26a0\ufe0f",
}
_STATUS_SIGNS = {Status.PASSED: "\u2705", Status.FAILED: "\u274c", Status.SKIPPED: "\u2796"}
_SEVERITY_SIGNS = {
    Severity.ERROR: "\u274c",
    Severity.WARNING: "\u26a0\ufe0f",
    Severity.NOTE: "\u2139\ufe0f",
}

# What Markdown interprets anywhere in a line, at its start, and as a link or an emoji.
_SPECIAL = re.compile(r"([\\`*_\[\]|~>$])")
_AT_START = re.compile(r"^([-+=#]|\d+(?=[.)]))")
_LINKED = re.compile(r"(:(?=//|[\w+-]+:)|(?<=www)\.)", re.IGNORECASE)
# What GitHub turns into a mention or a reference; a comment in between prevents that.
_MENTION = re.compile(r"([@#])(?=\w)")


def render(report: Report) -> str:
    """Return the report as Markdown."""
    return _bounded([_title(report), *_body(report)])


def render_all(reports: Sequence[Report]) -> str:
    """Return a table of all reports, then each report that didn't pass, folded."""
    passed = sum(report.verdict is Verdict.PASSED for report in reports)
    rows = ["| | submission | exercise | checks | first finding |", "| - | - | - | - | - |"]
    rows += [_row(report) for report in reports]
    parts = [f"## {passed} of {len(reports)} passed", "\n".join(rows)]
    for report in reports:
        if report.verdict is not Verdict.PASSED:
            title = f"{in_html(report.path)}: {VERDICT_WORDS[report.verdict]}"
            parts.append(_folded(title, "\n\n".join(_body(report))))
    return _bounded(parts)


def prose(text: str) -> str:
    """Return Markdown that shows `text` on one line; code in backticks stays code."""
    shown = cut(visible(" ".join(text.split())), _MOST_PROSE)
    parts = CODE.split(shown)
    return "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;")).replace("<", "&lt;")
    linkless = _LINKED.sub(r"\\\1", escaped)
    start = _AT_START.sub(_escaped_start, linkless)
    return _MENTION.sub(r"\1<!-- -->", start)


def _escaped_start(match: re.Match[str]) -> str:
    text = match.group()
    return f"{text}\\" if text.isdecimal() else f"\\{text}"


def in_html(text: str) -> str:
    """Return `text` for the inside of an HTML block, where Markdown isn't interpreted."""
    return _MENTION.sub(r"\1<!-- -->", escape(visible(text)))


def fenced(text: str, language: str = "text") -> str:
    """Return `text` in a fence that it can't close, with control characters escaped."""
    shown = "\n".join(visible_lines(text.rstrip("\n")))
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{shown}\n{fence}"


def code(text: str) -> str:
    """Return `text` as a code span that it can't close."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _bounded(parts: Iterable[str]) -> str:
    """Join as many parts as fit into a comment, and say if some are left out."""
    kept: list[str] = []
    room = MOST_CHARACTERS
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            kept.append("*The rest is left out, since comments have a maximum length.*")
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def _title(report: Report) -> str:
    slug = f"{prose(report.exercise.slug)} \u00b7 " if report.exercise else ""
    return f"## {_VERDICT_SIGNS[report.verdict]} {slug}{code(report.path)}: {verdict_words(report)}"


def _row(report: Report) -> str:
    slug = prose(report.exercise.slug) if report.exercise else ""
    first = prose(cut(report.findings[0].message, 100)) if report.findings else ""
    if report.verdict is Verdict.ERROR:
        first = prose(cut(report.summary, 100))
    path = code(report.path).replace("|", "\\|")
    cells = [_VERDICT_SIGNS[report.verdict], path, slug, checks_words(report), first]
    return f"| {' | '.join(cells)} |"


def _body(report: Report) -> list[str]:
    parts = [part for finding in report.findings for part in _finding(report, finding)]
    if report.verdict is Verdict.ERROR:
        parts.append(prose(report.summary))
    parts += filter(None, [_checks(report), _footer(report), *_output(report)])
    if report.verdict is Verdict.PASSED and report.exercise is not None:
        parts.append(f"> {prose(report.exercise.takeaway)}")
    return parts


def _linked(rule: str) -> str:
    """Return the rule's name, which leads to its page on the website if there is one."""
    address = rule_address(rule)
    return code(rule) if address is None else f"[{code(rule)}](<{address}>)"


def _finding(report: Report, finding: Finding) -> list[str]:
    place = "" if finding.span is None else f" \u00b7 {_place_words(report.place(finding.span))}"
    sign = _SEVERITY_SIGNS[finding.severity]
    parts = [
        f"### {sign} {prose(message_words(finding))}",
        f"{_linked(finding.rule)} \u00b7 {prose(finding.check_name)}{place}",
    ]
    if evidence := _evidence(report, finding):
        parts.append(fenced(evidence))
    if finding.why:
        parts.append(prose(finding.why))
    if finding.case is not None:
        parts.append(f"Smallest case: {prose(case_words(finding.case).replace(chr(0xA0), ' '))}")
    step = f"{prose(finding.help)} \u00b7 " if finding.help else ""
    parts.append(f"**Next:** {step}{code(f'grade explain {finding.rule}')}")
    if (snippet := reproduce(report, finding)) is not None:
        parts.append(_folded("See it in Python", fenced(snippet, "python")))
    return parts


def _place_words(place: Place) -> str:
    name = "" if place.main else f"{code(place.source.base)}, "
    return f"{name}{_lines_words(place.span)}"


def _lines_words(span: Span) -> str:
    if span.line == span.end_line:
        return f"line {span.line}"
    return f"lines {span.line} to {span.end_line}"


def _evidence(report: Report, finding: Finding) -> str:
    """Return source, shapes and details like in the terminal."""
    page = Page(_WIDTH)
    blocks = []
    blocks.append(as_text(finding_excerpt(report, finding, page, Role.PLAIN)))
    if finding.shapes:
        blocks.append(as_text(shape_tree(finding.shapes, page, Role.PLAIN)))
    if finding.drawing is not None:
        blocks.append(as_text(axis_drawing(finding.drawing, page, Role.PLAIN)))
    if finding.details:
        blocks.append("\n".join(line for text in finding.details for line in visible_lines(text)))
    return "\n".join(filter(None, blocks))


def _checks(report: Report) -> str:
    if not report.checks:
        return ""
    rows = [
        f"| {_STATUS_SIGNS[each.status]} | {prose(each.name)} | {prose(each.title)} |"
        for each in report.checks
    ]
    return "\n".join(["| | check | what is checked |", "| - | - | - |", *rows])


def _footer(report: Report) -> str:
    words = prose(count_words(report))
    if report.cases.executed and report.verdict is Verdict.PASSED:
        words += "".join(f"<br>{prose(each)}" for each in equivalence_words(report))
    if repair_words(report):
        words += f"<br>Checked: {prose(repair_words(report))}."
    return words


def _output(report: Report) -> list[str]:
    parts = []
    for name, text in (("stdout", report.output.stdout), ("stderr", report.output.stderr)):
        if text.strip():
            title = f"What the submission printed ({name})"
            parts.append(_folded(title, fenced(_capped(text))))
    return parts


def _capped(text: str) -> str:
    lines = visible_lines(text.rstrip("\n"))
    kept = [cut(line, 200) for line in lines[:_MOST_OUTPUT_LINES]]
    if len(lines) > len(kept):
        kept.append(f"\u2026 {len(lines) - len(kept)} more lines")
    return "\n".join(kept)


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"
