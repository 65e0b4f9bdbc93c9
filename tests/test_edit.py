"""Edits of a text: made all at once, and traced back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.edit import Edit, Edited, whole_lines
from grader.model.observation import Span
from grader.model.source import Source

TEXTS = st.text("ab é\n", max_size=30)


def span(text: str, start: int, end: int) -> Span:
    """Return a piece of a text by its offsets."""
    (line, column), (end_line, end_column) = (
        (text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1) for at in (start, end)
    )
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


def offset(text: str, line: int, column: int) -> int:
    return sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1


@st.composite
def edited_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    text = draw(TEXTS)
    places = st.integers(0, len(text))
    ends = sorted(draw(st.lists(places, max_size=6, unique=True).filter(lambda x: len(x) % 2 == 0)))
    pieces = [*pairwise(ends)][::2]
    return text, [(start, end, draw(TEXTS)) for start, end in pieces]


@given(edited_texts())
def test_all_edits_are_made(drawn: tuple[str, list[tuple[int, int, str]]]) -> None:
    text, pieces = drawn
    expected = text
    for start, end, new in reversed(pieces):
        expected = expected[:start] + new + expected[end:]
    edits = [Edit(span=span(text, start, end), text=new) for start, end, new in pieces]
    assert Edited(Source("x.py", text), reversed(edits)).text == expected


@given(edited_texts(), st.data())
def test_unedited_text_keeps_its_place(
    drawn: tuple[str, list[tuple[int, int, str]]], data: st.DataObject
) -> None:
    text, pieces = drawn
    edits = [Edit(span=span(text, start, end), text=new) for start, end, new in pieces]
    edited = Edited(Source("x.py", text), edits)
    kept = [at for at in range(len(text)) if not any(start <= at < end for start, end, _ in pieces)]
    if not kept:
        return
    at = data.draw(st.sampled_from(kept))
    moved = at + sum(len(new) - (end - start) for start, end, new in pieces if end <= at)
    before = edited.before(span(edited.text, moved, moved + 1))
    assert offset(text, before.end_line, before.end_column) >= at + 1
    assert offset(text, before.line, before.column) <= at


@given(TEXTS, TEXTS)
def test_whole_lines_make_one_text_of_another(before: str, after: str) -> None:
    source = Source("x.py", before)
    assert Edited(source, whole_lines(source, after)).text == after


def test_new_text_is_at_its_place() -> None:
    edit = Edit(span=span("f(0)", 2, 3), text="seed + 1")
    edited = Edited(Source("x.py", "f(0)"), [edit])
    inner = span(edited.text, 4, 6)
    assert edited.text == "f(seed + 1)"
    assert edited.before(inner) == edit.span
    assert edited.wrote(inner)
    assert not edited.wrote(span(edited.text, 0, 4))
    assert not edited.wrote(span(edited.text, 0, 1))


def test_an_edit_that_overlaps_another_is_left_out() -> None:
    first, second = (Edit(span=span("abcd", a, b), text="x") for a, b in ((0, 3), (2, 4)))
    assert Edited(Source("x.py", "abcd"), [first, second]).text == "xd"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_stay_as_they_are(end: str) -> None:
    text = f"a{end}b{end}c"
    here = Span(line=2, column=2, end_line=2, end_column=2)
    edited = Edited(Source("x.py", text), [Edit(span=here, text=",\nd")])
    assert edited.text == f"a{end}b,{end}d{end}c"
