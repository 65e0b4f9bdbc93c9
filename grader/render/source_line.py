"""One printed line of a learner's source: in which cell each character is."""

from __future__ import annotations

from typing import NamedTuple

from grader.render.visible import TAB_STOP, cells, shown

# How much of the line to keep before a mark that is as long as the page.
_LEAST_BEFORE = 4


class Cut(NamedTuple):
    """The printed part of a line; `offset` is how many cells it moved to the left."""

    text: str
    offset: int


class SourceLine(NamedTuple):
    """A text for each character, the cell where each starts, and the end of the last one."""

    number: int
    texts: tuple[str, ...]
    starts: tuple[int, ...]

    @staticmethod
    def of(number: int, line: str, encoding: str) -> SourceLine:
        """Lay out `line`: expand tabs, escape what isn't printable."""
        texts, starts = [], [0]
        for char in line:
            tab = " " * (TAB_STOP - starts[-1] % TAB_STOP)
            texts.append(tab if char == "\t" else shown(char, encoding))
            starts.append(starts[-1] + cells(texts[-1]))
        return SourceLine(number, tuple(texts), tuple(starts))

    @property
    def indent(self) -> int:
        """How many cells of spaces the line starts with."""
        text = "".join(self.texts)
        return len(text) - len(text.lstrip(" "))

    def cell(self, column: int) -> int:
        """Return the cell where the 1-based `column` starts, clamped to the line."""
        return self.starts[min(max(column - 1, 0), len(self.texts))]

    def dedented(self, shift: int) -> SourceLine:
        """Remove `shift` cells of spaces at the start; `shift` is at most `indent`."""
        starts = tuple(max(start - shift, 0) for start in self.starts)
        texts = tuple(
            text if stop - start == cells(text) else " " * (stop - start)
            for text, start, stop in zip(self.texts, starts, starts[1:], strict=False)
        )
        return SourceLine(self.number, texts, starts)

    def around(self, start: int, end: int, width: int, ellipsis: str) -> Cut:
        """Cut to `width` cells, keeping those from `start` to `end` as far as they fit."""
        total, mark = self.starts[-1], cells(ellipsis)
        if total <= width:
            return Cut("".join(self.texts), 0)
        low = self._low(start, min(end, total), width, mark)
        head = ellipsis if low > self.indent else ""
        room = width - cells(head)
        tail = ellipsis if total - low > room else ""
        high = low + room - cells(tail)
        kept = [
            (begin, text)
            for text, begin, stop in zip(self.texts, self.starts, self.starts[1:], strict=False)
            if begin >= low and stop <= high
        ]
        first = kept[0][0] if kept else low
        return Cut(head + "".join(text for _, text in kept) + tail, first - cells(head))

    def _low(self, start: int, end: int, width: int, mark: int) -> int:
        """Choose the first cell to print: 0, or past the indentation, or near `start`."""
        if end + mark <= width:
            return 0
        indent = min(self.indent, start)
        if end - indent + mark <= width:
            return indent
        before = max((width - (end - start)) // 2, _LEAST_BEFORE) - mark
        return max(start - max(before, 0), indent)
