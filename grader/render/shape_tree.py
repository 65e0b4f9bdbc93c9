"""Shapes side by side in a small tree, with a mark on the axis that should not be there.

params
|- kernel  f32[3,4,2]   expected f32[4,2]
|              ^ the leading 3 is the batch
`- bias    f32[3,2]     expected f32[2]
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from grader.model.finding import ShapeRow
from grader.render.layout import Line, Page, Piece, Role, wrap
from grader.render.visible import cells, cut, visible

_GAP = 3
# A remark is wrapped next to its mark only if there are this many cells.
_LEAST_REMARK = 24


class _Leaf(NamedTuple):
    """A row, and what is drawn before its name and before its further lines."""

    branch: str
    trunk: str
    name: str
    actual: str
    expected: str
    row: ShapeRow


def shape_tree(rows: tuple[ShapeRow, ...], page: Page, role: Role) -> list[Line]:
    """Return the lines of the tree, without margin, at most `page.width` cells wide."""
    groups = [(parent, list(each)) for parent, each in groupby(rows, _parent)]
    drawn = [list(_leaves(parent, each, page)) for parent, each in groups]
    columns = _columns([leaf for leaves in drawn for leaf in leaves], page)
    lines: list[Line] = []
    for (parent, each), leaves in zip(groups, drawn, strict=True):
        if _is_branch(parent, each):
            lines.append([Piece(cut(visible(parent, page.encoding), page.width))])
        for leaf in leaves:
            lines += _leaf_lines(leaf, columns, page, role)
    return lines


def _parent(row: ShapeRow) -> str:
    return row.name.rpartition("/")[0]


def _is_branch(parent: str, rows: list[ShapeRow]) -> bool:
    return bool(parent) and len(rows) > 1


def _leaves(parent: str, rows: list[ShapeRow], page: Page) -> Iterator[_Leaf]:
    branched = _is_branch(parent, rows)
    for row in rows:
        branch, trunk = "", ""
        if branched:
            glyphs, is_last = page.glyphs, row is rows[-1]
            branch, trunk = (glyphs.last, "   ") if is_last else (glyphs.branch, glyphs.trunk)
        if row.expected is None:
            expected = "not expected"
        elif row.expected == row.actual:
            expected = "as expected"
        else:
            expected = f"expected {row.expected}"
        name = row.name.removeprefix(f"{parent}/") if branched else row.name
        actual = "missing" if row.actual is None else row.actual
        name, actual, expected = (visible(each, page.encoding) for each in (name, actual, expected))
        yield _Leaf(branch, trunk, name, actual, expected, row)


def _columns(leaves: list[_Leaf], page: Page) -> tuple[int, int, int]:
    """Return the cells where actual and expected start, and the end; 0 means stacked."""
    actual = max(cells(leaf.branch + leaf.name) for leaf in leaves) + _GAP
    expected = actual + max(cells(leaf.actual) for leaf in leaves) + _GAP
    end = expected + max(cells(leaf.expected) for leaf in leaves)
    return (actual, expected, end) if end <= page.width else (0, 0, 0)


def _leaf_lines(leaf: _Leaf, columns: tuple[int, int, int], page: Page, role: Role) -> list[Line]:
    at, expected_at, end = columns
    if not at:
        return _stacked(leaf, page, role)
    name = leaf.branch + leaf.name
    actual = _marked(leaf.actual, leaf.row, role)
    line = [
        Piece(name + " " * (at - cells(name))),
        *actual,
        Piece(" " * (expected_at - at - cells(leaf.actual)) + leaf.expected),
    ]
    marks = _marks(leaf, at, page, role)
    if marks or not leaf.row.remark:
        return [line, *marks]
    remark = visible(leaf.row.remark, page.encoding)
    if end + _GAP + cells(remark) <= page.width:
        return [[*line, Piece(" " * (end + _GAP - expected_at - cells(leaf.expected)) + remark)]]
    return [line, *_below(leaf, at, remark, page)]


def _stacked(leaf: _Leaf, page: Page, role: Role) -> list[Line]:
    """Put the shapes below the name if they don't fit next to it."""
    at = cells(leaf.trunk) + _GAP
    ellipsis = page.glyphs.ellipsis
    lines: list[Line] = [[Piece(cut(leaf.branch + leaf.name, page.width, ellipsis))]]
    lead = leaf.trunk + " " * (at - cells(leaf.trunk))
    if at + cells(leaf.actual) <= page.width:
        lines.append([Piece(lead), *_marked(leaf.actual, leaf.row, role)])
        marks = _marks(leaf, at, page, role)
    else:
        lines.append([Piece(cut(lead + leaf.actual, page.width, ellipsis))])
        marks = []
    lines += marks
    lines.append([Piece(cut(lead + leaf.expected, page.width, ellipsis))])
    if leaf.row.remark and not marks:
        lines += _below(leaf, at, visible(leaf.row.remark, page.encoding), page)
    return lines


def _below(leaf: _Leaf, at: int, remark: str, page: Page) -> list[Line]:
    lead = leaf.trunk + " " * (at - cells(leaf.trunk))
    wrapped = wrap([Piece(remark)], page.width - at)
    return [[Piece(lead), *line] for line in wrapped]


def axis_place(shape: str, axis: int | None) -> tuple[int, int] | None:
    """Return start and end of `axis` in a text such as `f32[3,4,2]`; None if it isn't there."""
    opening, closing = shape.find("["), shape.rfind("]")
    if axis is None or opening < 0 or closing < opening:
        return None
    start = opening + 1
    for index, size in enumerate(shape[start:closing].split(",")):
        if index == axis and size:
            return start, start + len(size)
        start += len(size) + 1
    return None


def _marked(actual: str, row: ShapeRow, role: Role) -> Line:
    place = axis_place(actual, row.surplus_axis)
    if place is None:
        return [Piece(actual)]
    start, end = place
    return [Piece(actual[:start]), Piece(actual[start:end], role), Piece(actual[end:])]


def _marks(leaf: _Leaf, at: int, page: Page, role: Role) -> list[Line]:
    """Return the carets under the surplus axis, and the remark about it."""
    place = axis_place(leaf.actual, leaf.row.surplus_axis)
    if place is None:
        return []
    start, end = place
    lead = leaf.trunk + " " * (at + start - cells(leaf.trunk))
    line: Line = [Piece(lead), Piece("^" * (end - start), role)]
    remark = visible(leaf.row.remark, page.encoding)
    if not remark:
        return [line]
    used = at + end + 1
    if page.width - used < min(cells(remark), _LEAST_REMARK):
        return [line, *_below(leaf, at, remark, page)]
    first, *others = wrap([Piece(remark, role)], page.width - used)
    under = leaf.trunk + " " * (used - cells(leaf.trunk))
    return [[*line, Piece(" "), *first], *([Piece(under), *other] for other in others)]
