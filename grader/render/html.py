"""A self-contained HTML page: no scripts, loads nothing, readable in light and dark mode.

All text goes through `text_html`, and a Content-Security-Policy blocks whatever might slip through.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from grader.model.finding import Finding, Severity
from grader.model.report import Report, Status, Verdict
from grader.model.source import Source
from grader.render.axis_drawing import axis_drawing
from grader.render.excerpt import excerpt
from grader.render.html_code import Marked, excerpt_html, source_html
from grader.render.html_tree import shape_picture
from grader.render.html_values import values_picture
from grader.render.layout import Page, Role
from grader.render.reproduce import reproduce
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

_STYLE_PATH = Path(__file__).with_name("html.css")
_MOST_OUTPUT = 20_000
_MOST_TEXT = 5_000
_MOST_SOURCE = 200_000

_SIGNS = {Status.PASSED: "\u2713", Status.FAILED: "\u2717", Status.SKIPPED: "\u2013"}
_SEVERITY_SIGNS = {Severity.ERROR: "\u2717", Severity.WARNING: "!", Severity.NOTE: "i"}


def render(report: Report) -> str:
    """Return a page about one report."""
    title = f"{VERDICT_WORDS[report.verdict]}: {report.path}"
    return page(title, article(report, ""))


def render_all(reports: Sequence[Report]) -> str:
    """Return a page that starts with a table of all reports."""
    passed = sum(report.verdict is Verdict.PASSED for report in reports)
    title = f"{passed} of {len(reports)} passed"
    rows = [_table_row(report, f"r{index}-") for index, report in enumerate(reports)]
    table = (
        "<table><thead><tr><th></th><th>submission</th><th>exercise</th><th>checks</th>"
        f"<th>first finding</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    articles = [article(report, f"r{index}-") for index, report in enumerate(reports)]
    return page(title, f"<h1>{text_html(title)}</h1>{table}{''.join(articles)}")


def page(title: str, body: str, more_style: str = "") -> str:
    """Return a whole page around `body`, which is HTML."""
    style = _STYLE_PATH.read_text(encoding="utf-8") + more_style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text_html(title)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def text_html(text: str) -> str:
    """Return `text` for HTML, on one line, of limited length."""
    return escape(cut(visible(text), _MOST_TEXT))


def _prose(text: str) -> str:
    """Return a sentence for HTML, with backticks turned into code."""
    parts = CODE.split(cut(visible(" ".join(text.split())), _MOST_TEXT))
    return "".join(
        f"<code>{escape(part)}</code>" if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def _lines(text: str) -> str:
    """Return `text` for HTML, keeping its line ends."""
    shown = "\n".join(visible_lines(text.rstrip("\n")))
    return escape(shown[:_MOST_OUTPUT] + ("\u2026" if len(shown) > _MOST_OUTPUT else ""))


def _table_row(report: Report, prefix: str) -> str:
    first = report.findings[0].message if report.findings else ""
    if report.verdict is Verdict.ERROR:
        first = report.summary
    slug = report.exercise.slug if report.exercise else ""
    return (
        f'<tr><td class="sign {_status(report)}">{_SIGNS[_status(report)]}</td>'
        f'<td><a href="#{prefix}top">{text_html(report.path)}</a></td>'
        f'<td class="fit">{text_html(slug)}</td>'
        f'<td class="fit">{checks_words(report)}</td><td>{text_html(cut(first, 120))}</td></tr>'
    )


def _status(report: Report) -> Status:
    return Status.PASSED if report.verdict is Verdict.PASSED else Status.FAILED


def article(report: Report, prefix: str) -> str:
    """Return everything about one report; `prefix` makes its anchors unique."""
    findings = [_finding(report, each, f"{prefix}f{i}") for i, each in enumerate(report.findings)]
    parts = [
        _header(report, prefix),
        f"<p>{text_html(report.summary)}</p>" if report.verdict is Verdict.ERROR else "",
        *findings,
        _takeaway(report),
        _checks(report),
        _source(report, prefix),
        _output(report),
        _facts(report),
    ]
    return f"<article>{''.join(parts)}</article>"


def _header(report: Report, prefix: str) -> str:
    slug = f"{report.exercise.slug} \u00b7 {report.exercise.title}" if report.exercise else ""
    sign = _SIGNS[_status(report)]
    return (
        f'<header id="{prefix}top"><p class="kicker">{text_html(slug)}</p>'
        f"<h1>{text_html(report.path)}</h1>"
        f'<p class="verdict {_status(report)}">{sign} {verdict_words(report)}</p></header>'
    )


def _finding(report: Report, finding: Finding, identity: str) -> str:
    sign = f'<span class="sign">{_SEVERITY_SIGNS[finding.severity]}</span>'
    rule = _linked(finding.rule)
    parts = [
        f"<h3>{sign} {_prose(message_words(finding))}</h3>",
        f'<p class="rule">{text_html(finding.check_name)} \u00b7 {rule}</p>',
    ]
    if finding.span is not None:
        place = report.place(finding.span)
        mark = Marked(place.span, finding.severity, finding.label)
        name = "" if place.main else f'<p class="rule">{text_html(place.source.base)}</p>'
        parts.append(f"{name}{_excerpt(place.source, mark)}")
    if finding.shapes:
        parts.append(f"<figure>{shape_picture(finding.shapes)}</figure>")
    if finding.drawing is not None:
        drawn = as_text(axis_drawing(finding.drawing, Page(88), Role.PLAIN))
        parts.append(f'<pre class="plain">{escape(drawn)}</pre>')
    exercise = report.exercise.part_for(finding.function) if report.exercise else None
    parts.append(values_picture(finding, exercise))
    parts += [_detail(detail) for detail in finding.details]
    if finding.why:
        parts.append(f"<p>{_prose(finding.why)}</p>")
    parts += [_case(report, finding), _next(finding)]
    css = f"finding {finding.severity}"
    return f'<section class="{css}" id="{identity}">{"".join(parts)}</section>'


def _linked(rule: str) -> str:
    """Return the rule's name, which leads to its page on the website if there is one."""
    name = f"<code>{text_html(rule)}</code>"
    address = rule_address(rule)
    return name if address is None else f'<a href="{text_html(address)}">{name}</a>'


def _excerpt(source: Source, mark: Marked) -> str:
    """Return the marked lines; in a huge file cut around the mark, as in the terminal."""
    if not _is_huge(source):
        return excerpt_html(source, mark)
    lines = excerpt(source, mark.span, visible(mark.remark), Page(88), Role.PLAIN)
    return f'<pre class="plain">{escape(as_text(lines))}</pre>' if lines else ""


def _is_huge(source: Source) -> bool:
    return sum(len(each.text) for each in source.files) > _MOST_SOURCE


def _detail(detail: str) -> str:
    """Return a sentence as a paragraph; keep text that is laid out in columns or lines."""
    if "\n" in detail or "  " in detail:
        return f'<pre class="plain">{_lines(detail)}</pre>'
    return f"<p>{_prose(detail)}</p>"


def _case(report: Report, finding: Finding) -> str:
    if finding.case is None:
        return ""
    words = f"<p>Smallest case: {text_html(case_words(finding.case).replace(chr(0xA0), ' '))}</p>"
    snippet = reproduce(report, finding)
    if snippet is None:
        return words
    code = f'<pre class="plain">{_lines(snippet)}</pre>'
    return f"{words}<details><summary>See it in Python</summary>{code}</details>"


def _next(finding: Finding) -> str:
    step = f"{_prose(finding.help)} \u00b7 " if finding.help else ""
    command = f"<code>grade explain {text_html(finding.rule)}</code>"
    return f"<p><strong>Next:</strong> {step}{command}</p>"


def _takeaway(report: Report) -> str:
    if report.verdict is not Verdict.PASSED or report.exercise is None:
        return ""
    return f"<blockquote><p>{text_html(report.exercise.takeaway)}</p></blockquote>"


def _checks(report: Report) -> str:
    rows = [
        f'<tr><td class="sign {each.status}">{_SIGNS[each.status]}</td>'
        f'<td class="fit">{text_html(each.name)}</td><td>{text_html(each.title)}</td>'
        f'<td class="fit {each.status}">{each.status}</td></tr>'
        for each in report.checks
    ]
    if not rows:
        return ""
    proved = report.verdict is Verdict.PASSED and report.cases.executed
    words = equivalence_words(report) if proved else []
    proof = "".join(f"<p>{text_html(each)}</p>" for each in words)
    if repair_words(report):
        proof += f"<p>Checked: {text_html(repair_words(report))}.</p>"
    counts = f'<p class="faint">{text_html(count_words(report))}</p>'
    return f"<h2>Checks</h2><table><tbody>{''.join(rows)}</tbody></table>{counts}{proof}"


def _source(report: Report, prefix: str) -> str:
    if not report.source.text.strip():
        return ""
    if _is_huge(report.source):
        return '<p class="faint">The submission is too long to show here.</p>'
    parts = []
    for number, file in enumerate(report.source.files):
        marks = [
            Marked(place.span, finding.severity, finding.message, f"{prefix}f{index}")
            for index, finding in enumerate(report.findings)
            if finding.span is not None
            if (place := report.place(finding.span)).source is file
        ]
        name = f"<h3>{text_html(file.base)}</h3>" if number else ""
        own = f"{prefix}{number}-" if number and prefix else prefix
        parts.append(f"{name}{source_html(file, marks, own)}")
    return f"<h2>The submission</h2>{''.join(parts)}"


def _output(report: Report) -> str:
    parts = [
        f'<h2>What it printed ({name})</h2><pre class="plain">{_lines(text)}</pre>'
        for name, text in (("stdout", report.output.stdout), ("stderr", report.output.stderr))
        if text.strip()
    ]
    if parts and report.output.truncated:
        parts.append('<p class="faint">The rest of the output was cut.</p>')
    return "".join(parts)


def _facts(report: Report) -> str:
    env = report.environment
    facts = {"Python": env.python, "jax": env.jax, "flax": env.flax, "on": env.platform}
    words = " \u00b7 ".join(f"{name} {value}" for name, value in facts.items() if value)
    digest = f" \u00b7 SHA-256 {report.sha256[:16]}\u2026" if report.sha256 else ""
    return f'<p class="faint">{text_html(words + digest)}</p>'
