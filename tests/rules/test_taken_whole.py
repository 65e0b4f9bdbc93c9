"""Which index into a result is left out where the result comes alone: the only one that picks."""

from __future__ import annotations

from typing import Final

import pytest

from grader.evidence.edits import taken_whole
from grader.model.edit import Edited
from grader.model.source import Source

TAKEN: Final = {
    "of a call": ("y = f(x)[-1]", "y = f(x)", "[-1]"),
    "of a name": ("ys = f(x)\ny = ys[0]", "ys = f(x)\ny = ys", "[0]"),
    "along another axis": ("y = f(x)[..., -1]", "y = f(x)", "[..., -1]"),
    "beside whole axes": ("y = f(x)[-1, :]", "y = f(x)", "[-1, :]"),
    "of what is made": ("y = scan(g, axis=0)(x)[-1]", "y = scan(g, axis=0)(x)", "[-1]"),
    "of what is made by name": (
        "h = scan(g, axis=0)\ny = h(x)[-1]",
        "h = scan(g, axis=0)\ny = h(x)",
        "[-1]",
    ),
}
LEFT: Final = {
    "none": "y = f(x)",
    "of another": "y = g(x)[-1]",
    "a part": "y = f(x)[1:]",
    "a part of another axis": "y = f(x)[-1, 1:]",
    "two numbers": "y = f(x)[-1, 0]",
    "two of them": "y = f(x)[-1] + f(x)[0]",
    "by name": "y = f(x)[n]",
    "written": "ys = f(x)\nys[0] = 1",
}


def advice(text: str) -> tuple[str, str] | None:
    """Return the text after the edits, and the words; None if nothing is said."""
    source = Source("s.py", text)
    calls = [each for each in source.nodes if getattr(each, "keywords", ())]
    made = source.span(calls[0]) if calls else None
    found = taken_whole(source, made, "f")
    return (Edited(source, found.edits).text, found.help) if found is not None else None


@pytest.mark.parametrize(("text", "whole", "index"), TAKEN.values(), ids=TAKEN)
def test_the_only_index_is_left_out(text: str, whole: str, index: str) -> None:
    assert advice(text) == (whole, f"leave out {index}")


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_other_indices_stay(text: str) -> None:
    assert advice(text) is None
