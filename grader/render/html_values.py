"""Expected and actual numbers as two pictures side by side, with differences outlined."""

from __future__ import annotations

import math
from html import escape
from typing import NamedTuple

from grader.model.exercise import Exercise
from grader.model.finding import Finding
from grader.render.words import counted

_MOST = 128
_WIDTH, _HEIGHT = 62, 24
_TOP = 26
_GAP = 40
_ROW = 8


class _Grid(NamedTuple):
    """Numbers in rows of `columns`; `caption` says what rows and columns are."""

    columns: int
    caption: str


def values_picture(finding: Finding, exercise: Exercise | None) -> str:
    """Return a figure of the numbers in the evidence; empty if there are none.

    They are the lists `expected` and `actual` of the flattened arrays, either under `outputs` or
    directly in the evidence.
    """
    outputs = finding.evidence.get("outputs")
    evidence = outputs if isinstance(outputs, dict) else finding.evidence
    expected, actual = _numbers(evidence.get("expected")), _numbers(evidence.get("actual"))
    if not expected or not actual:
        return ""
    grid = _grid(finding, exercise, len(expected))
    wrong = sum(_differs(e, a) for e, a in zip(expected, actual, strict=False))
    wrong += abs(len(expected) - len(actual))
    total = counted(max(len(expected), len(actual)), "number")
    left = _picture("expected", expected, expected, grid, 0)
    at = grid.columns * _WIDTH + _GAP
    right = _picture("yours", actual, expected, grid, at)
    rows = -(-min(max(len(expected), len(actual)), _MOST) // grid.columns)
    width, height = at + grid.columns * _WIDTH + 2, _TOP + rows * _HEIGHT + 2
    label = escape(f"{wrong} of {total} differ")
    return (
        f'<figure><svg role="img" aria-label="{label}" width="{width}" height="{height}" '
        f'viewBox="-1 0 {width} {height}">{left}{right}</svg>'
        f"<figcaption>{label}; {escape(grid.caption)}.</figcaption></figure>"
    )


def _numbers(value: object) -> list[float]:
    """Return the numbers of a list, or of a list of lists, in order; empty for anything else."""
    if not isinstance(value, list | tuple):
        return []
    flat: list[float] = []
    for each in value:
        if isinstance(each, list | tuple):
            inner = _numbers(each)
            if not inner:
                return []
            flat += inner
        elif isinstance(each, int | float):
            flat.append(float(each))
        elif each is None:
            flat.append(math.nan)
        else:
            return []
    return flat


def _grid(finding: Finding, exercise: Exercise | None, count: int) -> _Grid:
    """Lay out by the output's dimensions, the outermost down, if they match the count."""
    if exercise is not None and finding.case is not None and len(exercise.output) > 1:
        sizes = [finding.case.sizes.get(name, 0) for name in exercise.output]
        columns = math.prod(sizes[1:])
        if math.prod(sizes) == count and 1 <= columns <= 2 * _ROW:
            across = " and ".join(exercise.output[1:])
            return _Grid(columns, f"{exercise.output[0]} goes down, {across} across")
    return _Grid(min(count, _ROW), "in their order, row by row")


def _picture(title: str, numbers: list[float], expected: list[float], grid: _Grid, x: int) -> str:
    finite = [abs(number) for number in [*numbers, *expected] if math.isfinite(number)]
    largest = max(finite, default=0.0) or 1.0
    parts = [f'<text class="faint" x="{x}" y="15">{title}</text>']
    for index, number in enumerate(numbers[:_MOST]):
        row, column = divmod(index, grid.columns)
        left, top = x + column * _WIDTH, _TOP + row * _HEIGHT
        parts.append(_cell(number, largest, left, top))
        if index >= len(expected) or _differs(expected[index], number):
            parts.append(_box("differs", left + 1, top + 1, inset=4))
    if len(numbers) > _MOST:
        more = f"and {len(numbers) - _MOST} more"
        parts.append(f'<text class="faint" x="{x + 76}" y="15">{more}</text>')
    return "".join(parts)


def _cell(number: float, largest: float, left: int, top: int) -> str:
    sign = "minus" if number < 0 else "plus"
    share = abs(number) / largest if math.isfinite(number) else 0.0
    shade = f' fill-opacity="{0.45 * share:.2f}"'
    text = f'<text x="{left + 4}" y="{top + 16}">{_short(number)}</text>'
    return _box(sign, left, top, more=shade) + _box("cell", left, top) + text


def _box(kind: str, x: int, y: int, *, inset: int = 2, more: str = "") -> str:
    size = f'width="{_WIDTH - inset}" height="{_HEIGHT - inset}"'
    return f'<rect class="{kind}" x="{x}" y="{y}" {size}{more}/>'


def _short(number: float) -> str:
    """Return at most seven characters: `0.125`, `-1.5e-07`."""
    text = f"{number:.4g}"
    return text if len(text) <= 7 else f"{number:.0e}"


def _differs(expected: float, actual: float) -> bool:
    if math.isnan(expected) or math.isnan(actual):
        return math.isnan(expected) != math.isnan(actual)
    return not math.isclose(expected, actual, rel_tol=1e-5, abs_tol=1e-6)
