"""Arrays as tables of runs, at every width and without Unicode."""

from __future__ import annotations

import numpy as np
import pytest

from grader.model.finding import AxisDrawing, MappedArray
from grader.render.axis_drawing import axis_drawing, table
from grader.render.layout import ASCII, UNICODE, Page, Role
from grader.render.text import as_text
from grader.render.visible import cells

WRONG_IN = AxisDrawing(
    name="the input",
    relation="gets",
    actual=MappedArray(shape=(2, 3), axis=1, noun="the input width"),
    expected=MappedArray(shape=(2, 3), axis=0, noun="the batch"),
)


def drawn(drawing: AxisDrawing, width: int = 80, *, plain: bool = False) -> list[str]:
    page = Page(width, ASCII if plain else UNICODE)
    return as_text(axis_drawing(drawing, page, Role.ERROR)).splitlines()


def test_both_sides_beside_each_other() -> None:
    assert drawn(WRONG_IN) == [
        "the input: each number is the run that gets that part",
        "  yours: axis 1, the input width   expected: axis 0, the batch",
        "    0 1 2                            0 0 0",
        "    0 1 2                            1 1 1",
    ]


def test_both_sides_below_each_other_on_a_narrow_page() -> None:
    assert drawn(WRONG_IN, 55, plain=True) == [
        "the input: each number is the run that gets that part",
        "  yours: axis 1, the input width",
        "    0 1 2",
        "    0 1 2",
        "  expected: axis 0, the batch",
        "    0 0 0",
        "    1 1 1",
    ]


def test_what_every_run_has() -> None:
    shared = AxisDrawing(
        name="params/bias",
        relation="has",
        actual=MappedArray(shape=(2, 3), axis=0),
        expected=MappedArray(shape=(3,), axis=None),
    )
    assert drawn(shared) == [
        "params/bias: each number is the run that has that part, * is every run",
        "  yours: axis 0   expected: no axis",
        "    0 0 0           * * *",
        "    1 1 1",
    ]


def test_more_axes_than_a_table_has_are_named() -> None:
    deep = AxisDrawing(
        name="the output",
        relation="gives",
        actual=MappedArray(shape=(4, 3, 5), axis=1),
        expected=MappedArray(shape=(3, 4, 5), axis=0, noun="the members"),
    )
    assert drawn(deep) == [
        "the output, by the axis that counts the runs:",
        "  yours: axis 1 of (4, 3, 5)   expected: axis 0 of (3, 4, 5), the members",
    ]


@pytest.mark.parametrize("shape", [(1,), (3,), (1, 1), (2, 1), (1, 4), (3, 4), (4, 8)])
def test_a_table_says_which_slice_each_number_is_in(shape: tuple[int, ...]) -> None:
    for axis in range(len(shape)):
        rows = table(MappedArray(shape=shape, axis=axis), "...")
        found = np.array([[int(each) for each in row.split()] for row in rows]).reshape(shape)
        for run in range(shape[axis]):
            assert (np.take(found, run, axis) == run).all()


@pytest.mark.parametrize("shape", [(), (0, 3), (3, 0), (2, 2, 2)])
def test_no_table_of_what_it_cannot_show(shape: tuple[int, ...]) -> None:
    assert table(MappedArray(shape=shape, axis=None), "...") == []


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_large_array_is_cut(glyphs) -> None:
    large = MappedArray(shape=(500, 900), axis=0)
    rows = table(large, glyphs.ellipsis)
    assert len(rows) == 4
    assert rows[0].endswith(f"0 {glyphs.ellipsis}")
    assert rows[-1] == glyphs.ellipsis
    assert max(map(cells, rows)) < 40
