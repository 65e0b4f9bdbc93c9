"""From a file's bytes to its text. Needs the standard library alone, since it comes first."""

from __future__ import annotations

import codecs
import importlib.util
import io
import re
import tokenize
from typing import Final

LARGEST: Final = 64 * 1024
"""Bytes of the largest file that is graded; exercises are a page of text.

What looks for places in a text may take a time that grows with the square of its length.
"""

_ORDINARY: Final = re.compile(
    r"utf-8(-sig)?|ascii|iso8859-\d+|cp\d+|koi8-\w|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*"
)
"""Python knows others that a file may ask for: `punycode` takes quadratic time, and
`unicode_escape` and `utf-7` make half characters, which are no text that can be passed on."""


class NoText(ValueError):
    """The bytes are no text; the message says why, in words for the file's writer.

    `line` is where, counted from 1; `text` has a mark for each byte that is no character.
    """

    def __init__(self, message: str, line: int = 1, text: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.text = text


def decode(data: bytes) -> str:
    """Return the text of a file as Python reads it; `NoText` if it reads none."""
    if len(data) > LARGEST:
        raise NoText(f"the file is larger than {LARGEST >> 10} kB")
    if b"\0" in data:
        raise NoText("the file has null bytes in it: it is no text")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if _ORDINARY.fullmatch(codecs.lookup(encoding).name):
            return importlib.util.decode_source(data)
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise _undecodable(data, error) from error
    raise NoText(f"the file's encoding is {encoding}; save it as UTF-8")


def _undecodable(data: bytes, error: Exception) -> NoText:
    """Tell where a file is not the UTF-8 that it is taken for, if that is the reason."""
    if b"coding" not in b"".join(data.splitlines()[:2]):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as wrong:
            line = data.count(b"\n", 0, wrong.start) + 1
            message = f"line {line} has a byte that is not UTF-8; save the file as UTF-8"
            return NoText(message, line, data.decode("utf-8", "replace"))
    return NoText(f"the file's text can't be decoded: {error}")
