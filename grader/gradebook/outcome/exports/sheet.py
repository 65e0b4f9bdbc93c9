"""A table as CSV that importers read and that a spreadsheet can be trusted with.

RFC 4180: commas, CRLF, quotes doubled. It starts with a byte order mark, without which Excel takes
UTF-8 for the system's own encoding.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from grader.gradebook.outcome.exports.grades import in_the_way
from grader.render.write import write_report

_FORMULA: Final = re.compile(r"(^|[;,|])(\s*)([=+\-@\uff1d\uff0b\uff0d\uff20])")
"""What a spreadsheet reads as a formula, at the start of a cell. In many countries a semicolon
separates cells, and quotes then don't hold a cell together.
https://owasp.org/www-community/attacks/CSV_Injection"""


_FIXED: Final = 5
"""How many of the first columns are the same in every table for a platform."""


def write_sheet(rows: Iterator[Sequence[str]], path: Path) -> None:
    """Write the table, the head first. Raises `ReportNotWritten`, also to keep an unlike table."""
    head = next(rows)
    if _is_something_else(path, head):
        raise in_the_way(path)
    write_report(sheet(chain([head], rows)), path)


def _is_something_else(path: Path, head: Sequence[str]) -> bool:
    """Whether there is a file that doesn't begin like this table. An empty one is free."""
    try:
        if not path.is_file() or not path.stat().st_size:
            return False
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            found = next(csv.reader([file.readline(4096)]), [])
    except (OSError, csv.Error):
        return False  # writing says what is wrong
    return found[:_FIXED] != [harmless(cell) for cell in head[:_FIXED]]


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
