"""The shapes of a finding as a picture: the tree of parameters, with a box for each axis."""

from __future__ import annotations

import re
from html import escape
from itertools import takewhile
from typing import NamedTuple

from grader.model.finding import ShapeRow
from grader.render.visible import cells, visible

_SHAPE = re.compile(r"(?P<dtype>\w+)\[(?P<sizes>[\d,]*)\]")
_CHARACTER = 7.9  # width of a character of 13 px in a monospaced font
_LINE = 34
_BOX = 26
_STEP = 20
_MARGIN = 10


class _Node(NamedTuple):
    """A line of the picture: a name, its depth, and its shapes if it is a leaf."""

    name: str
    depth: int
    row: ShapeRow | None


class _Drawn(NamedTuple):
    """A piece of SVG, and the x coordinate of its end."""

    svg: str
    end: float


def shape_picture(rows: tuple[ShapeRow, ...]) -> str:
    """Return an SVG element: actual shapes on the left, expected ones on the right."""
    nodes = _nodes(rows)
    names_end = max(_text_end(_x(node.depth), visible(node.name)) for node in nodes) + 24
    heights = [_height(node) for node in nodes]
    tops = [_LINE + sum(heights[:index]) for index in range(len(nodes))]
    leaves = [(node.row, top) for node, top in zip(nodes, tops, strict=True) if node.row]
    actual = [_actual(row, names_end, top) for row, top in leaves]
    expected_at = max([names_end + 80, *(drawn.end for drawn in actual)]) + 28
    expected = [_expected(row, expected_at, top) for row, top in leaves]
    remarks = [_remark(row, names_end, top) for row, top in leaves if row.remark]
    width = max(drawn.end for drawn in [*expected, *remarks]) + _MARGIN
    height = _LINE + sum(heights) + _MARGIN
    body = [
        _text(names_end, 18, "yours", "faint"),
        _text(expected_at, 18, "expected", "faint"),
        *_branches(nodes, tops),
        *(_text(_x(n.depth), t + 18, visible(n.name)) for n, t in zip(nodes, tops, strict=True)),
        *(drawn.svg for drawn in [*actual, *expected, *remarks]),
    ]
    label = escape("; ".join(_words(row) for row in rows))
    return (
        f'<svg role="img" aria-label="{label}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">{"".join(body)}</svg>'
    )


def _nodes(rows: tuple[ShapeRow, ...]) -> list[_Node]:
    """Return the tree line by line: one line for each new part of a path."""
    nodes: list[_Node] = []
    open_path: list[str] = []
    for row in rows:
        *parents, name = row.name.split("/")
        pairs = zip(parents, open_path, strict=False)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        nodes += [_Node(part, depth, None) for depth, part in enumerate(parents) if depth >= shared]
        nodes.append(_Node(name, len(parents), row))
        open_path = parents
    return nodes


def _words(row: ShapeRow) -> str:
    expected = "not expected" if row.expected is None else f"expected {row.expected}"
    remark = f", {row.remark}" if row.remark else ""
    return visible(f"{row.name} {row.actual or 'missing'}, {expected}{remark}")


def _x(depth: int) -> float:
    return _MARGIN + depth * _STEP


def _height(node: _Node) -> int:
    return _LINE + (20 if node.row is not None and node.row.remark else 0)


def _text_end(x: float, text: str) -> float:
    return x + cells(text) * _CHARACTER


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    css = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{css}>{escape(text)}</text>'


def _branches(nodes: list[_Node], tops: list[int]) -> list[str]:
    lines = []
    for index, (node, top) in enumerate(zip(nodes, tops, strict=True)):
        above = [i for i in range(index) if nodes[i].depth < node.depth]
        if not above:
            continue
        x = _x(node.depth) - _STEP + 6
        lines.append(
            f'<path class="branch" d="M{x:.0f} {tops[above[-1]] + 24} V{top + 13} h{_STEP - 10}"/>'
        )
    return lines


def _actual(row: ShapeRow, x: float, top: int) -> _Drawn:
    if row.actual is None:
        return _Drawn(_text(x, top + 18, "missing", "surplus"), _text_end(x, "missing"))
    return _shape(row.actual, row.surplus_axis, x, top)


def _expected(row: ShapeRow, x: float, top: int) -> _Drawn:
    if row.expected is None:
        return _Drawn(_text(x, top + 18, "nothing", "faint"), _text_end(x, "nothing"))
    return _shape(row.expected, None, x, top)


def _remark(row: ShapeRow, x: float, top: int) -> _Drawn:
    text = visible(row.remark)
    kind = "faint" if row.surplus_axis is None else "surplus"
    return _Drawn(_text(x, top + 40, text, kind), _text_end(x, text))


def _shape(text: str, surplus: int | None, x: float, top: int) -> _Drawn:
    """Draw the dtype and a box for each axis; text that isn't a shape stays text."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        shown = visible(text)
        return _Drawn(_text(x, top + 18, shown), _text_end(x, shown))
    parts = [_text(x, top + 18, match["dtype"], "faint")]
    at = _text_end(x, match["dtype"]) + 6
    for axis, size in enumerate(filter(None, match["sizes"].split(","))):
        width = max(_BOX, len(size) * _CHARACTER + 12)
        kind = " surplus" if axis == surplus else ""
        parts.append(
            f'<rect class="box{kind}" x="{at:.1f}" y="{top}" width="{width:.1f}" height="{_BOX}"/>'
        )
        middle = at + (width - len(size) * _CHARACTER) / 2
        parts.append(_text(middle, top + 18, size, kind.strip()))
        at += width + 3
    return _Drawn("".join(parts), at)
