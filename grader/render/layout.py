"""Lines of styled text, and wrapping them at words with a hanging indent.

A piece is a text and its role; a renderer gives each role a colour, or none. All texts here were
made visible before (see `visible`), so they contain no control characters.
"""

from __future__ import annotations

import re
from enum import StrEnum, unique
from typing import NamedTuple

from grader.render.visible import cells, visible

# Between words that must stay together: `grade explain RULE`.
NO_BREAK = "\u00a0"
# Between the words of a command, which is never broken, however narrow the page is, so that it can
# be copied. This is a private-use character that is never printed.
COMMAND_SPACE = "\ue0a0"
DOT = "\u00b7"
MARGIN = 1

# A word, or code between backticks, which stays on one line if it fits.
_WORD = re.compile(r"`[^`]+`[^\s`]*|[^ ]+")


@unique
class Role(StrEnum):
    """The purpose of a piece of text."""

    PLAIN = "plain"
    STRONG = "strong"
    FAINT = "faint"
    PASSED = "passed"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Piece(NamedTuple):
    """A run of text in one role."""

    text: str
    role: Role = Role.PLAIN


Line = list[Piece]


def command(text: str, role: Role = Role.PLAIN) -> Piece:
    """Return a command that stays on one line."""
    return Piece(text.replace(" ", COMMAND_SPACE), role)


class Glyphs(NamedTuple):
    """The characters that a report is drawn with."""

    passed: str
    failed: str
    skipped: str
    warning: str
    note: str
    bar: str
    dash: str
    corner: str
    top: str
    bottom: str
    branch: str
    last: str
    trunk: str
    skip: str
    ellipsis: str


UNICODE = Glyphs(
    passed="\u2713",
    failed="\u2717",
    skipped="\u2013",
    warning="!",
    note="i",
    bar="\u2502",
    dash="\u2500",
    corner="\u256d",
    top="\u256d",
    bottom="\u2570",
    branch="\u251c\u2500 ",
    last="\u2514\u2500 ",
    trunk="\u2502  ",
    skip="\u22ee",
    ellipsis="\u2026",
)
ASCII = Glyphs(
    passed="ok",
    failed="FAIL",
    skipped="skip",
    warning="WARN",
    note="NOTE",
    bar="|",
    dash="_",
    corner=" ",
    top="/",
    bottom="|",
    branch="|- ",
    last="`- ",
    trunk="|  ",
    skip=":",
    ellipsis="...",
)


class Page(NamedTuple):
    """The page that a report is laid out for: width in cells, characters, encoding."""

    width: int
    glyphs: Glyphs = UNICODE
    encoding: str = "utf-8"


def line_cells(line: Line) -> int:
    """Return how many cells `line` takes."""
    return sum(cells(piece.text) for piece in line)


def _words(pieces: list[Piece]) -> list[Line]:
    """Split at spaces; a word that continues in the next piece stays one word."""
    words: list[Line] = []
    glued = False
    for text, role in pieces:
        if text.startswith(" "):
            glued = False
        for match in _WORD.finditer(text):
            if glued and match.start() == 0:
                words[-1].append(Piece(match.group(), role))
            else:
                words.append([Piece(match.group(), role)])
        glued = bool(text) and not text.endswith(" ")
    return words


def _is_command(word: Line) -> bool:
    return any(COMMAND_SPACE in text for text, _ in word)


def _smaller(word: Line, width: int) -> list[Line]:
    """Break what is wider than a line: at spaces if possible, otherwise anywhere."""
    if line_cells(word) <= width or _is_command(word):
        return [word]
    broken: list[Line] = []
    for part, role in ((part, role) for text, role in word for part in text.split(" ")):
        rest = part
        while cells(rest) > width:
            head = _fitting(rest, width)
            broken.append([Piece(head, role)])
            rest = rest[len(head) :]
        broken.append([Piece(rest, role)])
    return broken


def _fitting(text: str, width: int) -> str:
    """Return the longest prefix of `text` with at most `width` cells, at least one character."""
    end = len(text)
    while end > 1 and cells(text[:end]) > width:
        end -= 1
    return text[:end]


def wrap(
    pieces: list[Piece], width: int, indent: int = 0, hanging: int | None = None
) -> list[Line]:
    """Wrap `pieces` at spaces to lines of `width` cells.

    The first line starts with `indent` spaces, the others with `hanging` (`indent` if None).
    """
    hanging = indent if hanging is None else hanging
    room = max(width - max(indent, hanging), 8)
    lines: list[Line] = []
    line: Line = []
    used, start = 0, indent
    for word in _words(pieces):
        for part in _smaller(word, room):
            size = line_cells(part)
            if line and used + 1 + size > width:
                lines.append(line)
                line, start = [], hanging
            if line:
                same = line[-1].role is part[0].role
                line.append(Piece(" ", part[0].role if same else Role.PLAIN))
                used += 1 + size
            else:
                if _is_command(part):
                    start = max(min(start, width - size), 1)
                line, used = [Piece(" " * start)], start + size
            line.extend(part)
    return [[Piece(_spaced(t), r) for t, r in each] for each in [*lines, line] if each]


def paragraph(
    text: str, page: Page, role: Role = Role.PLAIN, *, indent: int = MARGIN
) -> list[Line]:
    """Make `text` visible, and wrap it."""
    return wrap([Piece(visible(text, page.encoding), role)], page.width, indent)


def _spaced(text: str) -> str:
    return text.replace(NO_BREAK, " ").replace(COMMAND_SPACE, " ")
