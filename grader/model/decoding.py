"""Decodes a file's bytes. Imports only the standard library, since it runs first."""

from __future__ import annotations

import codecs
import importlib.util
import io
import re
import tokenize
from typing import Final

from grader.model.filekind import Unfit, of_bytes

LARGEST: Final = 64 * 1024
"""Bytes of the largest file that is graded; exercises are a page of text.

Code that searches the text may take time quadratic in its length.
"""

_ORDINARY: Final = re.compile(
    r"utf-8(-sig)?|ascii|iso8859-\d+|cp\d+|koi8-\w|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*"
)
"""Python knows other encodings that a file may declare, but `punycode` takes quadratic time, and
`unicode_escape` and `utf-7` can produce lone surrogates, which can't be encoded again."""


_UTF_8: Final = "save the file with the encoding UTF-8"


class NoText(ValueError):
    """A file has no text to grade; `unfit` tells the author why.

    `text` has a replacement character for each byte that can't be decoded.
    """

    def __init__(self, unfit: Unfit, text: str = "") -> None:
        super().__init__(unfit.message)
        self.unfit = unfit
        self.text = text


def decode(data: bytes) -> str:
    """Return the text of a file as Python reads it; `NoText` if Python can't."""
    unfit = of_bytes(data) or _too_large(data)
    if unfit is not None:
        raise NoText(unfit, data.decode("utf-8", "replace") if unfit.line is not None else "")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if _ORDINARY.fullmatch(codecs.lookup(encoding).name):
            return importlib.util.decode_source(data)
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise _undecodable(data, error) from error
    raise NoText(_declared(f"the file says that its encoding is {encoding}", data))


def _too_large(data: bytes) -> Unfit | None:
    if len(data) <= LARGEST:
        return None
    return Unfit(
        f"the file is larger than {LARGEST >> 10} kB, the most that is graded",
        "keep the function and what it needs; remove data, outputs and other large parts",
    )


def _undecodable(data: bytes, error: Exception) -> NoText:
    """Say why a file can't be decoded: its encoding isn't what it declares, or is unknown."""
    declared = _coding_line(data)
    if declared is None:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as wrong:
            line = data.count(b"\n", 0, wrong.start) + 1
            message = f"line {line} has a byte that is not UTF-8"
            return NoText(Unfit(message, _UTF_8, line), data.decode("utf-8", "replace"))
    unfit = _declared(f"the file's text can't be decoded: {error}", data)
    return NoText(unfit, data.decode("utf-8", "replace"))


def _declared(message: str, data: bytes) -> Unfit:
    """Say what to do with a file that declares its encoding in one of its first two lines."""
    line = _coding_line(data)
    help_text = f"{_UTF_8}, and delete the line with `coding`" if line is not None else _UTF_8
    return Unfit(message, help_text, line)


def _coding_line(data: bytes) -> int | None:
    lines = data.splitlines()[:2]
    return next((n for n, line in enumerate(lines, 1) if b"coding" in line), None)
