"""The kind of a file that isn't a Python program, judged by its bytes.

Imports only the standard library, since it runs first.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Unfit(NamedTuple):
    """Why a file isn't a program, and what to do. `line` is None for the whole file."""

    message: str
    help: str
    line: int | None = None


HAND_IN: Final = "hand in the program itself, as a plain text file that ends in .py"
_UNPACK: Final = "unpack it and grade the .py file inside"
PLAIN: Final = "save the program as plain text, in a file that ends in .py"

_OFFICE: Final = re.compile(rb"word/|xl/|ppt/|mimetypeapplication/vnd\.oasis")
_BYTES: Final = (
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"PK\x05\x06", "an empty zip archive", HAND_IN),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh91AY&SY", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    (b"%PDF-", "a PDF document", PLAIN),
    (b"{\\rtf", "an RTF document from a word processor", PLAIN),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Word or Excel document", PLAIN),
    (b"\x89PNG\r\n", "a PNG image", HAND_IN),
    (b"\xff\xd8\xff", "a JPEG image", HAND_IN),
    (b"GIF87a", "a GIF image", HAND_IN),
    (b"GIF89a", "a GIF image", HAND_IN),
    (b"\x7fELF", "a compiled program", HAND_IN),
    (b"\xcf\xfa\xed\xfe", "a compiled program", HAND_IN),
    (b"\x89HDF\r\n", "an HDF5 data file", HAND_IN),
    (b"\x93NUMPY", "a NumPy array file", HAND_IN),
    (b"SQLite format 3\0", "an SQLite database", HAND_IN),
)
_COMPILED: Final = re.compile(rb"(?s)..\r\n[\0-\3]\0\0\0")
"""A .pyc file: Python's magic number and a word of flags."""

_UNICODE: Final = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def of_bytes(data: bytes) -> Unfit | None:
    """Return the kind of file by its bytes, None if they may be a program's text in UTF-8."""
    for start, noun, advice in _BYTES:
        if data.startswith(start):
            return _office(data) or other(noun, advice)
    if data[257:262] == b"ustar":
        return other("a tar archive", _UNPACK)
    if _COMPILED.match(data):
        return other("Python's compiled bytecode (.pyc)", HAND_IN)
    encoding = _wide(data)
    if encoding is not None:
        return Unfit(f"the file is saved in {encoding}", "save it with the encoding UTF-8")
    return _null_bytes(data) if b"\0" in data else None


def other(noun: str, advice: str) -> Unfit:
    """Say that a file isn't a program but something else."""
    return Unfit(f"the file is {noun}, not a Python program", advice)


def _office(data: bytes) -> Unfit | None:
    """Distinguish documents from plain zip archives; Word, Excel and LibreOffice write zips."""
    if data.startswith(b"PK") and _OFFICE.search(data):
        return other("an office document", PLAIN)
    return None


def _wide(data: bytes) -> str | None:
    """Return the encoding of text with two or four bytes per character, by its BOM or zeros.

    Python's keywords and operators are ASCII: all bytes of such a character are zero but one.
    """
    for mark, encoding in _UNICODE:
        if data.startswith(mark):
            return encoding
    zeros = [data[place:4096:4].count(0) for place in range(4)]
    quarter = max(len(data[:4096]) // 4, 1)
    many = [each > 0.6 * quarter for each in zeros]
    if many in ([False, True, True, True], [True, True, True, False]):
        return "UTF-32"
    if many in ([False, True, False, True], [True, False, True, False]):
        return "UTF-16"
    return None


def _null_bytes(data: bytes) -> Unfit:
    """Distinguish a file that was never or partly written from a stray byte and binary data."""
    text = data.rstrip(b"\0\r\n")
    if not text:
        return Unfit(
            "the file contains only null bytes: its text was never written", "save it again"
        )
    if b"\0" not in text:
        line = text.count(b"\n") + 1
        message = f"the file ends in null bytes, after line {line}: it was written only in part"
        return Unfit(message, "save it again", line)
    if not _is_text(text):
        return other("binary data", HAND_IN)
    line = text.count(b"\n", 0, text.index(0)) + 1
    return Unfit(
        f"line {line} has a null byte, which text never contains", "delete that character", line
    )


def _is_text(data: bytes) -> bool:
    """Whether the bytes are text, apart from a few null bytes."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return data.count(0) <= max(len(data) // 50, 3)
