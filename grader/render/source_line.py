"""One line of a learner's source as it is printed: in which cell each character stands."""

from __future__ import annotations

from typing import NamedTuple

from grader.render.visible import TAB_STOP, cells, shown

# How much of the line is kept before a mark that itself is as long as the page.
_LEAST_BEFORE = 4


class Cut(NamedTuple):
    """The part of a line that is printed; `offset` is how many cells to the left it moved."""

    text: str
    offset: int


class SourceLine(NamedTuple):
    """A text for each character, and the cell that each starts at, with the end of the last."""

    number: int
    texts: tuple[str, ...]
    starts: tuple[int, ...]

    @staticmethod
    def of(number: int, line: str, encoding: str) -> SourceLine:
        """Lay out `line`: tabs to their stops, what does not print as its escape."""
        texts, starts = [], [0]
        for char in line:
            tab = " " * (TAB_STOP - starts[-1] % TAB_STOP)
            texts.append(tab if char == "\t" else shown(char, encoding))
            starts.append(starts[-1] + cells(texts[-1]))
        return SourceLine(number, tuple(texts), tuple(starts))

    @property
    def indent(self) -> int:
        """How many cells of spaces the line begins with."""
        text = "".join(self.texts)
        return len(text) - len(text.lstrip(" "))

    def cell(self, column: int) -> int:
        """Return the cell at which the 1-based `column` starts, clamped to the line."""
        return self.starts[min(max(column - 1, 0), len(self.texts))]

    def dedented(self, shift: int) -> SourceLine:
        """Take `shift` cells of spaces off the beginning; `shift` is at most `indent`."""
        starts = tuple(max(start - shift, 0) for start in self.starts)
        texts = tuple(
            text if stop - start == cells(text) else " " * (stop - start)
            for text, start, stop in zip(self.texts, starts, starts[1:], strict=False)
        )
        return SourceLine(self.number, texts, starts)

    def around(self, start: int, end: int, width: int, ellipsis: str) -> Cut:
        """Cut to `width` cells so that those from `start` to `end` stay, as far as they fit."""
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
        """Choose the first cell to print: 0, else past the indentation, else near `start`."""
        if end + mark <= width:
            return 0
        indent = min(self.indent, start)
        if end - indent + mark <= width:
            return indent
        before = max((width - (end - start)) // 2, _LEAST_BEFORE) - mark
        return max(start - max(before, 0), indent)
