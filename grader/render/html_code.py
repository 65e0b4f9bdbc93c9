"""A learner's source as HTML: highlighted, numbered, with marked spans and remarks below them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from grader.model.observation import Span
from grader.model.source import Source
from grader.render.excerpt import clamped
from grader.render.source_line import SourceLine
from grader.render.visible import visible

# Works for any text, even if it isn't Python, in linear time.
_TOKENS = re.compile(
    r"""(?P<c>\#[^\n]*)
    |(?P<s>(?:\b[rRbBuUfFtT]{1,2})?(?:'{3}[\s\S]*?(?:'{3}|\Z)|\"{3}[\s\S]*?(?:\"{3}|\Z)
        |'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?))
    |(?P<n>\b\d[\w.]*)
    |(?P<d>(?<=\bdef\ )\w+|(?<=\bclass\ )\w+|(?<=\n)[\t\ ]*@[\w.]+)
    |(?P<k>\b(?:KEYWORDS)\b)
    |\w+""".replace("KEYWORDS", "|".join(keyword.kwlist)),
    re.VERBOSE,
)


class Marked(NamedTuple):
    """A span to mark: the CSS class of its colour, a remark, and the remark's link."""

    span: Span
    kind: str
    remark: str
    link: str = ""


class _Look(NamedTuple):
    """How one character looks: the CSS classes of its token and its mark."""

    token: str
    mark: str


def source_html(source: Source, marks: Sequence[Marked], prefix: str) -> str:
    """Return the whole source; lines have the ids `<prefix>L<number>`."""
    count = len(source.lines)
    numbers = range(1, count if not source.lines[-1] and count > 1 else count + 1)
    return _block(source, marks, numbers, prefix)


def excerpt_html(source: Source, mark: Marked) -> str:
    """Return the marked lines with two around; empty if the span is outside the text."""
    span = clamped(source, mark.span)
    if span is None:
        return ""
    first = max(span.line - 2, 1)
    last = min(span.end_line + 2, len(source.lines))
    return _block(source, [mark], range(first, last + 1), "")


def _block(source: Source, marks: Sequence[Marked], numbers: Iterable[int], prefix: str) -> str:
    inside = [
        mark._replace(span=span)
        for mark in marks
        if (span := clamped(source, mark.span)) is not None
    ]
    looks = _looks(source, inside)
    rows = [_row(source, number, looks[number - 1], inside, prefix) for number in numbers]
    return f"<pre>{''.join(rows)}</pre>"


def _looks(source: Source, marks: Sequence[Marked]) -> list[list[_Look]]:
    text = "\n".join(source.lines)
    tokens = [""] * len(text)
    for match in _TOKENS.finditer(text):
        if match.lastgroup:
            tokens[match.start() : match.end()] = [match.lastgroup] * len(match.group())
    looks: list[list[_Look]] = []
    start = 0
    for number, line in enumerate(source.lines, 1):
        row = [_Look(token, "") for token in tokens[start : start + len(line)]]
        for mark in reversed(marks):
            for column in _columns(mark.span, number, line):
                row[column] = row[column]._replace(mark=mark.kind)
        looks.append(row)
        start += len(line) + 1
    return looks


def _columns(span: Span, number: int, line: str) -> range:
    """Return the 0-based columns of line `number` that `span` covers, without indentation."""
    if not span.line <= number <= span.end_line:
        return range(0)
    indent = len(line) - len(line.lstrip())
    first = span.column - 1 if number == span.line else indent
    last = span.end_column - 1 if number == span.end_line else len(line)
    return range(min(first, len(line)), min(last, len(line)))


def _row(
    source: Source, number: int, looks: list[_Look], marks: Sequence[Marked], prefix: str
) -> str:
    line = source.lines[number - 1]
    shown = SourceLine.of(number, line, "utf-8").texts
    content = "".join(
        _run("".join(_char(char, text) for char, text, _ in run), look)
        for look, run in groupby(zip(line, shown, looks, strict=True), key=itemgetter(2))
    )
    hit = any(mark.span.line <= number <= mark.span.end_line for mark in marks)
    identity = f' id="{prefix}L{number}"' if prefix else ""
    remarks = "".join(_remark(mark) for mark in marks if mark.span.end_line == number)
    return (
        f'<span class="row{" hit" if hit else ""}"{identity}>'
        f'<span class="number">{number}</span>{content or " "}</span>{remarks}'
    )


def _run(html: str, look: _Look) -> str:
    if look.token:
        html = f'<span class="{look.token}">{html}</span>'
    return f'<mark class="{look.mark}">{html}</mark>' if look.mark else html


def _char(char: str, text: str) -> str:
    """Return a character; one that isn't visible as a boxed escape."""
    same = char in (text, "\t") or not text
    return escape(text) if same else f'<span class="x">{escape(text)}</span>'


def _remark(mark: Marked) -> str:
    if not mark.remark:
        return ""
    text = escape(visible(mark.remark))
    linked = f'<a href="#{mark.link}">{text}</a>' if mark.link else text
    return f'<span class="remark {mark.kind}">\u2191 {linked}</span>'
