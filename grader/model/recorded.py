"""What records are made of: bounded texts and tuples, places in a text, arrays and variables."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

Item = TypeVar("Item")

# Bounds for decoding, so that a forged message costs the judge nothing. A worker stays far below
# them.
Place = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Word = Annotated[str, msgspec.Meta(max_length=500)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]
Shape = Annotated[tuple[int, ...], msgspec.Meta(max_length=200)]
Few = Annotated[tuple[Item, ...], msgspec.Meta(max_length=200)]
Many = Annotated[tuple[Item, ...], msgspec.Meta(max_length=4000)]
MOST_ENTRIES = 400
Entries = Annotated[tuple[Item, ...], msgspec.Meta(max_length=MOST_ENTRIES)]
"""Entries in a record. A worker notes half as many in a call, and the same number before it."""

Point = tuple[int, int]
"""A line and a column of a text."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the submission's text: 1-based lines and columns, the end column exclusive.

    Columns count characters, not bytes. Lines are counted through all files of a submission, the
    main file first, so a span is in exactly one of them: `Source.place` says in which.
    """

    line: Place
    column: Place
    end_line: Place
    end_column: Place

    @property
    def start(self) -> Point:
        """Where it starts."""
        return self.line, self.column

    @property
    def end(self) -> Point:
        """Where it ends."""
        return self.end_line, self.end_column


def between(first: Point, last: Point) -> Span:
    """Return the span between two places."""
    return Span(line=first[0], column=first[1], end_line=last[0], end_column=last[1])


class ArrayType(msgspec.Struct, frozen=True, kw_only=True):
    """Shape and dtype of an observed value or tracer."""

    dtype: Word
    shape: Shape


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a module: its value as text, and whether that is the class's default.

    `passed`: the module was made without it, and was called with this value.
    """

    name: Word
    text: Text
    default: bool
    passed: bool = False


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """One array of a variable tree.

    `largest` is its largest magnitude (infinite if an element is not finite), None for a tracer.
    `alike_along` lists the axes along which all slices are the same numbers, for concrete arrays
    with more than one slice. `digest` is the `digest` of its bytes, None for a tracer.
    """

    collection: Word
    path: Few[Word]
    type: ArrayType
    largest: float | None = None
    alike_along: Shape = ()
    digest: Word | None = None
