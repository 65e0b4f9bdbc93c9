"""Places in a text, as the protocol and as reports have them."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.workspace import PositionCodec, ServerTextPosition, ServerTextRange

from grader.model.observation import Span
from grader.model.source import Source


class Places:
    """Translates between spans and the client's ranges, which may count in UTF-16 or in UTF-8.

    `lines` are those that the spans are of.
    """

    def __init__(self, lines: Sequence[str], codec: PositionCodec) -> None:
        self._lines = lines
        self._codec = codec

    def range(self, span: Span) -> types.Range:
        """Return a span as a range; one that ends behind the text ends with the text."""
        start, end = (ServerTextPosition(line - 1, column - 1) for line, column in _ends(span))
        return self._codec.range_to_client_units(self._lines, ServerTextRange(start, end))

    def uri(self, span: Span | None, main: str) -> str:  # noqa: ARG002 - see `PlacesInFiles`
        """Return the address of the file that a span is in; `main` is that of the graded one."""
        return main

    def first_line(self) -> types.Range:
        """Return the range of the first line, for what is wrong with the whole file."""
        width = max(len(self._lines[0]), 1) if self._lines else 1
        return self.range(Span(line=1, column=1, end_line=1, end_column=width + 1))


class PlacesInFiles(Places):
    """The same for a program of several files; `beside` are the addresses of those beside it."""

    def __init__(self, source: Source, beside: Sequence[str], codec: PositionCodec) -> None:
        super().__init__(source.files[0].lines, codec)
        self._source = source
        self._uris = tuple(beside)
        self._files = [Places(each.lines, codec) for each in source.files]

    def range(self, span: Span) -> types.Range:
        """Return a span as a range of its file."""
        return self._files[self._source.number(span)].range(self._source.place(span).span)

    def uri(self, span: Span | None, main: str) -> str:
        """Return the address of the file that a span is in; `main` is that of the graded one."""
        return (main, *self._uris)[self._source.number(span) if span is not None else 0]


def _ends(span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    return span.start, span.end


def touches(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges have a place in common, be it only an end."""
    return one.start <= other.end and other.start <= one.end
