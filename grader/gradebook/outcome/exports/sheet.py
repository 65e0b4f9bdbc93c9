"""A table as CSV that importers read and that a spreadsheet can be trusted with.

RFC 4180: commas, CRLF, quotes doubled. It starts with a byte order mark, without which Excel takes
UTF-8 for the system's own encoding.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = re.compile(r"(^|[;,|])(\s*)([=+\-@\uff1d\uff0b\uff0d\uff20])")
"""What a spreadsheet reads as a formula, at the start of a cell. In many countries a semicolon
separates cells, and quotes then don't hold a cell together.
https://owasp.org/www-community/attacks/CSV_Injection"""


def sheet(rows: Iterable[Sequence[str]]) -> str:
    """Return the table, with every cell made harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def harmless(cell: str) -> str:
    """Return a cell on one line that spreadsheets don't evaluate: `'=1+1`."""
    line = "".join(" " if unicodedata.category(char) in _BREAKING else char for char in cell)
    return _FORMULA.sub(r"\1\2'\3", line)


_BREAKING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, what reverses or hides text, lone surrogates, and line ends."""
