"""The kind of a text that isn't a Python program, or what surrounds the program in it.

Imports only the standard library, since it runs first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from grader.model.filekind import HAND_IN, PLAIN, Unfit, other

Parses = Callable[[str], bool]
"""Whether a text is Python."""

_DOWNLOAD: Final = "download the .py file itself: on its page, choose Raw or Download"
_WHOLE: Final = (
    (r"\{\\rtf", "an RTF document from a word processor", PLAIN),
    (r"version https://git-lfs\.", "a pointer of Git LFS", "run `git lfs pull`, and grade again"),
    (r"(?i)\s*<(!doctype|html|\?xml|head|body|svg|!--)", "a web page", _DOWNLOAD),
    (r"From: <?Saved by", "a web page", _DOWNLOAD),
    (r"\s*\[(InternetShortcut|Desktop Entry)\]", "a shortcut to something else", HAND_IN),
    (
        r"diff --git |--- .*\n\+\+\+ .*\n@@ ",
        "a diff of two versions",
        "apply it, and hand in the resulting file",
    ),
)
_CONFLICT: Final = re.compile(
    r"^<{7} .*\n((?:.*\n)*?)(?:\|{7}.*\n(?:.*\n)*?)?={7}\n((?:.*\n)*?)>{7} .*\n?", re.MULTILINE
)
_FENCED: Final = re.compile(r"^(```|~~~).*\n((?:.*\n)*?)\1[ \t]*$", re.MULTILINE)
_FENCE: Final = re.compile(r"^(```|~~~).*\n?", re.MULTILINE)
_PROMPT: Final = re.compile(r"^(>>> ?|In \[\d+\]: ?)", re.MULTILINE)
_TYPED: Final = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:|   \.\.\.:) ?(.*)$", re.MULTILINE)
_COMMAND: Final = re.compile(r"^[ \t]*([%!]{1,2}[a-zA-Z][^\n]*)$", re.MULTILINE)


class _Mended(NamedTuple):
    """The program without the text around it, and what to say about that text."""

    text: str
    unfit: Unfit


def is_notebook(text: str) -> bool:
    """Whether a text is a notebook file, which may happen to be valid Python."""
    return text.lstrip().startswith("{") and '"nbformat"' in text and '"cells"' in text


def notebook() -> Unfit:
    """Say that a file is a notebook, although its name is a program's."""
    return other(
        "a Jupyter notebook",
        "give it a name that ends in .ipynb, or export its code: File, Save and Export Notebook "
        "As, Executable Script",
    )


def kind_of(text: str, stops: int, parses: Parses) -> Unfit | None:
    """Return the kind of a text that isn't Python; None if only Python's own message helps.

    `stops` is the line at which Python stops. Text around a program is only named if Python stops
    there, which it doesn't in a string, and if the rest is valid Python.
    """
    for pattern, noun, advice in _WHOLE:
        if re.match(pattern, text):
            return other(noun, advice)
    for each in _around(text):
        if stops <= (each.unfit.line or 1) and parses(each.text):
            return each.unfit
    return None


def _around(text: str) -> Iterator[_Mended]:
    if found := _CONFLICT.search(text):
        unfit = Unfit(
            "the file contains two versions: a merge was not finished",
            "keep one version: delete the other, and the lines that start with <<<<<<<, ======= "
            "and >>>>>>>",
            _line(text, found),
        )
        yield from (_Mended(_CONFLICT.sub(version, text), unfit) for version in (r"\1", r"\2"))
    if found := _FENCE.search(text):
        unfit = Unfit(
            f"the program is inside Markdown: {found[1]} marks a code block",
            f"delete the lines with {found[1]} and everything outside them",
            _line(text, found),
        )
        blocks = "\n".join(each[2] for each in _FENCED.finditer(text))
        yield from (_Mended(each, unfit) for each in (blocks, _FENCE.sub("", text)) if each)
    if found := _PROMPT.search(text):
        unfit = Unfit(
            f"the lines are copied from an interactive session: {found[1].strip()} is its prompt",
            "delete the prompts at the start of the lines, and what the session printed",
            _line(text, found),
        )
        yield _Mended("\n".join(_TYPED.findall(text)), unfit)
    if found := _COMMAND.search(text):
        unfit = Unfit(
            f"`{found[1].split()[0]}` is a notebook command, not Python",
            "delete this line and others like it",
            _line(text, found),
        )
        yield _Mended(_COMMAND.sub("", text), unfit)


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
