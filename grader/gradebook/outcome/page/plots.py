"""Plots as inline SVG, drawn by pygal and coloured by the page's own style.

pygal is imported here alone, when a plot is drawn: that takes a tenth of a second. What it adds for
its own scripts and styles is dropped, so the page's Content-Security-Policy can forbid both. Each
plot is drawn twice, for wide and for narrow screens, since scaled text would be too small.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from grader.render.visible import cut, visible

_WIDE: Final = 820
_NARROW: Final = 350
_ROW: Final = 30
_FRAME: Final = 12
_CURVE: Final = 260
_UNWANTED: Final = frozenset({"defs", "title", "desc"})
_OVERLAY: Final = "tooltip-overlay"
_LONGEST_LABEL: Final = {_WIDE: 40, _NARROW: 22}


def _pygal() -> Any:  # noqa: ANN401 - pygal has no types
    """Import pygal without its hook for plug-ins, which warns of every module that isn't found."""
    import pygal

    sys.meta_path[:] = [each for each in sys.meta_path if type(each).__module__ != "pygal"]
    return pygal


class Bar(NamedTuple):
    """A bar: what it counts, in words; its parts, each with a link."""

    label: str
    parts: tuple[Part, ...]


class Part(NamedTuple):
    """A number in a bar; an empty `href` leads nowhere."""

    number: int
    href: str


class Curve(NamedTuple):
    """A line over whole numbers from 1 on; None where there is no point."""

    label: str
    points: tuple[float | None, ...]


def bars(title: str, rows: Sequence[Bar], legend: Sequence[str] = ("",)) -> str:
    """Return a figure with a horizontal bar for each row; each part is a series, as in `legend`."""
    return _figure(title, lambda width: _bars(rows, legend, width))


def curves(title: str, some: Sequence[Curve], x_title: str) -> str:
    """Return a figure of lines; the y axis goes from 0 to 1."""
    return _figure(title, lambda width: _curves(some, x_title, width))


def _figure(title: str, draw: Callable[[int], Any]) -> str:
    label = escape(visible(title))
    return "".join(
        f'<figure class="{name}">{_svg(draw(width), label)}</figure>'
        for name, width in (("wide", _WIDE), ("narrow", _NARROW))
    )


def _bars(rows: Sequence[Bar], legend: Sequence[str], width: int) -> Any:  # noqa: ANN401 - pygal has no types
    pygal = _pygal()

    height = len(rows) * _ROW + 2 * _FRAME
    chart = pygal.HorizontalStackedBar(
        **_settings(width, height), show_x_labels=False, print_values=True, print_zeroes=False
    )
    # pygal begins at the bottom.
    chart.x_labels = [cut(visible(row.label), _LONGEST_LABEL[width]) for row in reversed(rows)]
    for index, name in enumerate(legend):
        chart.add(name, [_value(row.parts[index]) for row in reversed(rows)])
    return chart


def _curves(some: Sequence[Curve], x_title: str, width: int) -> Any:  # noqa: ANN401 - pygal has no types
    pygal = _pygal()

    chart = pygal.Line(**_settings(width, _CURVE), x_title=x_title, range=(0, 1), dots_size=4)
    chart.x_labels = [str(each + 1) for each in range(max(len(each.points) for each in some))]
    chart.y_labels = [0, 0.25, 0.5, 0.75, 1]
    for each in some:
        chart.add(each.label, list(each.points))
    return chart


def _value(part: Part) -> dict[str, object]:
    value: dict[str, object] = {"value": part.number}
    if part.href and part.number:
        value["xlink"] = {"href": part.href, "target": "_self"}
    return value


def _settings(width: int, height: int) -> dict[str, Any]:
    from pygal.style import Style

    sizes = dict.fromkeys(("label", "major_label", "value", "legend", "title"), 13)
    return {
        "style": Style(**{f"{name}_font_size": size for name, size in sizes.items()}),
        "css": (),
        "js": (),
        "no_prefix": True,
        "width": width,
        "height": height,
        "margin": 4,
        "spacing": 6,
        "show_legend": False,
        "show_x_guides": False,
        "truncate_label": -1,
        "disable_xml_declaration": True,
    }


def _svg(chart: Any, label: str) -> str:  # noqa: ANN401 - pygal has no types
    from pygal.etree import etree

    tree = chart.render_tree()
    for parent in list(tree.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or _is_unwanted(child):
                parent.remove(child)
    tree.attrib.pop("id", None)
    tree.set("class", "chart")
    tree.set("role", "group")
    tree.set("aria-label", label)
    tree.set("width", tree.get("viewBox").split()[2])
    return str(etree.tostring(tree, encoding="unicode"))


def _is_unwanted(node: Any) -> bool:  # noqa: ANN401 - pygal has no types
    name = node.tag.rpartition("}")[2]
    return name in _UNWANTED or _OVERLAY in node.get("class", "")
