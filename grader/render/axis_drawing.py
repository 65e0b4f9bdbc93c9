"""An array as a small table in which each number is the run that gets, gives or has that part.

the input: each number is the run that gets that part
  yours: axis 1, the input width   expected: axis 0, the batch
    0 1 2                            0 0 0
    0 1 2                            1 1 1
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.model.finding import AxisDrawing, MappedArray
from grader.render.layout import Line, Page, Piece, Role, wrap
from grader.render.visible import cells, visible

_GAP: Final = 3
_MOST_ROWS: Final = 4
_MOST_COLUMNS: Final = 8
_ALL: Final = "*"
"""What every run has."""


def axis_drawing(drawing: AxisDrawing, page: Page, role: Role) -> list[Line]:
    """Return the lines, without margin; the sides below each other if they don't fit beside."""
    sides = (
        _side("yours", drawing.actual, page),
        _side("expected", drawing.expected, page),
    )
    lines = wrap([Piece(visible(_legend(drawing, sides), page.encoding))], page.width)
    width = max(map(cells, sides[0]))
    beside = 2 + width + _GAP + max(map(cells, sides[1])) <= page.width
    return [*lines, *(_beside(*sides, width, role) if beside else _below(*sides, role))]


def _legend(drawing: AxisDrawing, sides: Sequence[Sequence[str]]) -> str:
    """Say which array it is, and what its table means if there is one."""
    rows = [row for side in sides for row in side[1:]]
    if not rows:
        return f"{drawing.name}, by the axis that counts the runs:"
    everything = f", {_ALL} is every run" if any(_ALL in row for row in rows) else ""
    return f"{drawing.name}: each number is the run that {drawing.relation} that part{everything}"


def _side(title: str, array: MappedArray, page: Page) -> list[str]:
    """Return the heading and the table of one side."""
    axis = "no axis" if array.axis is None else f"axis {array.axis}"
    noun = f", {array.noun}" if array.noun else ""
    rows = table(array, page.glyphs.ellipsis)
    if not rows:
        axis += f" of {array.shape}"
    return [visible(f"{title}: {axis}{noun}", page.encoding), *(f"  {row}" for row in rows)]


def _beside(ours: list[str], theirs: list[str], width: int, role: Role) -> list[Line]:
    height = max(len(ours), len(theirs))
    lines: list[Line] = []
    for left, right in zip(_padded(ours, height), _padded(theirs, height), strict=True):
        gap = " " * (width - cells(left) + _GAP)
        lines.append([Piece("  "), Piece(left, role), Piece(f"{gap}{right}".rstrip())])
    return lines


def _padded(rows: list[str], height: int) -> list[str]:
    return [*rows, *[""] * (height - len(rows))]


def _below(ours: list[str], theirs: list[str], role: Role) -> list[Line]:
    mine: list[Line] = [[Piece("  "), Piece(row, role)] for row in ours]
    return [*mine, *([Piece(f"  {row}")] for row in theirs)]


def table(array: MappedArray, ellipsis: str) -> list[str]:
    """Return the rows of an array with one or two axes, none of any other."""
    if len(array.shape) not in {1, 2} or 0 in array.shape:
        return []
    rows, columns = array.shape if len(array.shape) == 2 else (1, array.shape[0])
    place = None if array.axis is None else array.axis + 2 - len(array.shape)
    shown = [_row(place, row, columns, ellipsis) for row in range(min(rows, _MOST_ROWS))]
    if rows > _MOST_ROWS:
        shown[-1] = ellipsis
    return shown


def _row(place: int | None, row: int, columns: int, ellipsis: str) -> str:
    """Return a row; `place` is 0 if rows count the runs, 1 if columns do, None if nothing does."""
    found = [_ALL if place is None else str((row, column)[place]) for column in range(columns)]
    if columns > _MOST_COLUMNS:
        found = [*found[: _MOST_COLUMNS - 1], ellipsis]
    return " ".join(found)
