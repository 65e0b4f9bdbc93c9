"""Markdown and code for the terminal, in colours for light and dark backgrounds.

Rich's own styles for Markdown draw code on black and centre the headings in boxes.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text
from rich.theme import Theme

from grader.cli.highlight import TAB, highlighted

INDENT = 2
_GAP = 2
"""Between two columns of a table."""

_STYLES = Theme(
    {
        "markdown.code": "magenta",
        "markdown.code_block": "none",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold",
        "markdown.h3": "bold italic",
        "markdown.item.bullet": "none",
        "markdown.item.number": "none",
        "markdown.link": "underline",
        "markdown.link_url": "underline",
        "markdown.table.header": "bold",
        "markdown.table.border": "dim",
    }
)
_PYTHON = frozenset({"python", "python3", "py"})
"""What a block of Python is marked with in Markdown."""


class Code:
    """A block of highlighted code; comments that are too wide are wrapped again."""

    def __init__(self, text: str, language: str = "python") -> None:
        self._text = text.rstrip()
        self._language = language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render in the styles above."""
        text = refill_comments(self._text, options.max_width - INDENT)
        coloured = self._language in _PYTHON and console.color_system is not None
        shown = highlighted(text) if coloured else Text(text, overflow="fold", tab_size=TAB)
        yield Padding(shown, (0, 0, 0, INDENT))


class Compared:
    """A program in which the lines are marked that another one doesn't have."""

    def __init__(self, text: str, other: str, mark: str, style: str) -> None:
        self._text = text.rstrip()
        self._changed = changed_lines(self._text, other.rstrip())
        self._mark = Text(f"{mark} ", style)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render a line at a time, the mark before it."""
        table = Table.grid()
        table.add_column(width=INDENT)
        table.add_column(overflow="fold")
        for number, line in enumerate(highlighted(self._text).split("\n", allow_blank=True)):
            table.add_row(self._mark if number in self._changed else "", line)
        yield table


def changed_lines(text: str, other: str) -> frozenset[int]:
    """Return the numbers, from 0, of the lines of `text` that `other` lacks in their place."""
    matcher = SequenceMatcher(None, text.split("\n"), other.split("\n"), autojunk=False)
    return frozenset(
        number
        for tag, first, last, _, _ in matcher.get_opcodes()
        if tag != "equal"
        for number in range(first, last)
    )


def refill_comments(text: str, width: int) -> str:
    """Return the program `text` with each block of comment lines that is too wide wrapped again."""
    lines: list[str] = []
    for indent, block in groupby(text.split("\n"), key=_comment_indent):
        found = list(block)
        if indent is not None and max(map(len, found)) > width:
            words = " ".join(line.strip().lstrip("#").strip() for line in found)
            found = wrap(words, width, initial_indent=indent, subsequent_indent=indent)
        lines += found
    return "\n".join(lines)


def _comment_indent(line: str) -> str | None:
    """Return the indentation and mark of a comment line."""
    code = line.lstrip()
    return f"{line[: len(line) - len(code)]}# " if code.startswith("# ") else None


class _LeftHeading(Heading):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class _Code(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Code(str(self.text), self.lexer_name)


class _Table(TableElement):
    """A table that breaks within a word only if the words don't fit, and never cuts any off."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                _fit(table.columns, options.max_width - _GAP * len(table.columns))
            yield table


def _fit(columns: list[Column], available: int) -> None:
    """Give each column its longest word, and share out what is left by what each lacks."""
    texts = [[str(cell) for cell in column.cells] for column in columns]
    natural = [max(map(cell_len, each)) for each in texts]
    longest = [max(map(cell_len, " ".join(each).split()), default=0) for each in texts]
    lacking, spare = sum(natural) - sum(longest), available - sum(longest)
    for column, least, most in zip(columns, longest, natural, strict=True):
        column.overflow = "fold"
        if 0 <= spare < lacking:
            column.width = least + spare * (most - least) // lacking


class Prose(Markdown):
    """A Markdown text."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _Code,
        "code_block": _Code,
        "table_open": _Table,
    }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render with the styles above; without colour, code keeps its backticks."""
        if console.no_color or console.color_system is None:
            self._keep_backticks()
        with console.use_theme(_STYLES):
            yield from super().__rich_console__(console, options)

    def _keep_backticks(self) -> None:
        for token in self.parsed:
            for child in token.children or ():
                if child.type == "code_inline" and not child.content.startswith("`"):
                    child.content = f"`{child.content}`"
