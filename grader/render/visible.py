r"""Makes untrusted text harmless and visible, and measures how many terminal cells it takes.

Text from a learner's file, exception or output must have no effect: an escape sequence could
recolour or rewrite the report, and a right-to-left override could hide what the code does. So every
character that isn't printable is shown as a Python escape: `\x1b`, `\u202e`. So is the first
character of anything that CI systems interpret as a command in a log: `::error::` at the start of a
line, `##[error]` and `##vso[…]` anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TAB_STOP = 4

_COMMAND = re.compile(r"^(?P<before>\s*)(?P<colon>:):|(?P<hash>#)#(?=\[|vso\[)")
"""https://docs.github.com/actions/reference/workflow-commands-for-github-actions, whose runner
looks behind the spaces that a line begins with, and its older form, which Azure Pipelines has."""

_STYLING = re.compile(r"\x1b\[[0-?]*[ -/]*(?:[@-~]|\Z)|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
"""Colours, moves of the cursor, titles and links, as ECMA-48 has them: none of a text's words."""

# The characters beyond ASCII in our own texts, for streams that can't encode them.
_PLAIN = {
    "\u00b7": "-",
    "\u00d7": "x",
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u2192": "->",
    "\u2190": "<-",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
}


def escaped(char: str) -> str:
    """Return `char` as a Python escape."""
    return char.encode("unicode_escape").decode("ascii")


@lru_cache(maxsize=4096)
def shown(char: str, encoding: str = "utf-8") -> str:
    """Return how to show `char` (not a tab) on a stream of `encoding`: as itself, or as an escape.

    Controls, format characters (bidi overrides, joiners), lone surrogates, unassigned code points
    and all spaces except the plain one are escaped: Python refuses most of them in code, and they
    are invisible. Variation selectors are dropped, since terminals disagree on their width.
    """
    if " " <= char <= "~":
        return char
    category = unicodedata.category(char)
    if category[0] in "CZ" and category != "Co":
        return escaped(char)
    if "\ufe00" <= char <= "\ufe0f":
        return ""
    try:
        char.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return _PLAIN.get(char, escaped(char))
    return char


def visible(text: str, encoding: str = "utf-8") -> str:
    """Return `text` as one line: newlines escaped, each tab a run of spaces."""
    plain = "".join(shown(char, encoding) for char in text.replace("\t", " " * TAB_STOP))
    return _COMMAND.sub(_spelt_out, plain) if "::" in plain or "##" in plain else plain


def _spelt_out(match: re.Match[str]) -> str:
    return f"{match['before']}\\x3a:" if match["colon"] else "\\x23#"


def visible_lines(text: str, encoding: str = "utf-8") -> list[str]:
    r"""Return the lines of `text`, each made visible. Only \n and \r\n end a line.

    Terminal styling, such as colours, is removed.
    """
    plain = _STYLING.sub("", text) if "\x1b" in text else text
    lines = plain.replace("\r\n", "\n").split("\n")
    return [visible(line, encoding) for line in lines]


def inert(text: str) -> str:
    r"""Return `text` for a document that may be printed: lines and tabs stay, the rest is harmless.

    Control characters, and those that reverse or hide text, become escapes: `\x1b`, `\u202e`.
    """
    if text.isascii() and text.isprintable() and "::" not in text and "##" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(_COMMAND.sub(_spelt_out, "".join(map(_inert, line))) for line in lines)


@lru_cache(maxsize=4096)
def _inert(char: str) -> str:
    acts = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char != "\t"
    return escaped(char) if acts else char


@lru_cache(maxsize=4096)
def _char_cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cells(text: str) -> int:
    """Return how many terminal cells `text` (already visible) takes."""
    if text.isascii():
        return len(text)
    return sum(_char_cells(char) for char in text)


def cut(text: str, width: int, ellipsis: str = "\u2026") -> str:
    """Return the start of `text`, at most `width` cells, ending in `ellipsis` if it was cut."""
    if cells(text) <= width:
        return text
    room, kept = width - cells(ellipsis), []
    for char in text:
        room -= _char_cells(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + ellipsis


def cut_path(path: str, width: int, ellipsis: str = "\u2026") -> str:
    """Return the end of `path`, at most `width` cells, cut at a slash if enough remains."""
    if cells(path) <= width:
        return path
    while path and cells(ellipsis) + cells(path) > width:
        path = path[1:]
    name = path[path.find("/") :] if "/" in path[:-1] else path
    return ellipsis + (name if 2 * cells(name) > width else path)
