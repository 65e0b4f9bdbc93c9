"""Places in the submission's text, found through Python's frames."""

from __future__ import annotations

import sys
from itertools import islice
from types import CodeType, FrameType, TracebackType

from grader.model.observation import Frame, Span
from grader.model.source import Source
from grader.worker.foreign import clean

_MOST_FRAMES = 40
_MOST_COLUMNS = 100_000
_LONGEST_NAME = 80
# Packages that call functions for the submission: their frames are between the submission and the
# function that it wanted, as in `jax.vmap(jax.random.split)(keys)`.
_TRANSPARENT = frozenset({"jax", "functools", "contextlib", "dataclasses", "grader"})
_CONSTRUCTORS = frozenset({"__init__", "__post_init__"})
_frames_of_threads = sys._current_frames  # noqa: SLF001


class Places:
    """Finds the frames that run the submission's text, and where in it they are."""

    def __init__(self, filename: str, source: Source) -> None:
        self.filename = filename
        self.source = source
        self._lines = source.lines
        names = (filename, *(each.name for each in source.files[1:]))
        self._before = {name: source.lines_before(number) for number, name in enumerate(names)}

    def covers(self, frame: FrameType) -> bool:
        """Whether the frame runs code compiled from one of the submission's files."""
        return frame.f_code.co_filename in self._before

    def is_own(self, filename: str) -> bool:
        """Whether this is one of the submission's files."""
        return filename in self._before

    def fault(self, error: SyntaxError) -> Span | None:
        """Return where one of the files beside the main one stops to be Python, if one does."""
        name, line, column = error.filename, error.lineno, error.offset
        if type(name) is not str or type(line) is not int or type(column) is not int:
            return None
        before = self._before.get(name, 0)
        if not before or not 0 < line < len(self._lines) or not 0 < column < _MOST_COLUMNS:
            return None
        end = error.end_offset if error.end_lineno == line else None
        last = end if type(end) is int and column <= end < _MOST_COLUMNS else column
        at = line + before
        return Span(line=at, column=column, end_line=at, end_column=last)

    def caller(self, frame: FrameType | None) -> Span | None:
        """Place of the call that the submission itself made, None if a library made it.

        `frame` is the innermost one to look at; jax and functools may be in between.
        """
        while frame is not None:
            if self.covers(frame):
                return self.span(frame.f_code, frame.f_lasti)
            if _package(frame) not in _TRANSPARENT:
                return None
            frame = frame.f_back
        return None

    def maker(self, frame: FrameType | None) -> Span | None:
        """Place where the submission made an instance, seen from inside its constructor."""
        while frame is not None and _constructs(frame):
            frame = frame.f_back
        return self.caller(frame)

    def nearest(self, frame: FrameType | None) -> Span | None:
        """Place of the submission's innermost frame, whatever is in between."""
        while frame is not None:
            if self.covers(frame):
                return self.span(frame.f_code, frame.f_lasti)
            frame = frame.f_back
        return None

    def in_traceback(self, traceback: TracebackType | None) -> tuple[Frame, ...]:
        """Return the submission's frames of a traceback, outermost first."""
        found = []
        while traceback is not None:
            frame = traceback.tb_frame
            if self.covers(frame):
                found.append((frame.f_code, traceback.tb_lasti))
            traceback = traceback.tb_next
        return self._frames(found)

    def where(self, thread_id: int) -> tuple[Frame, ...]:
        """Return the submission's frames in a thread now, outermost first."""
        frame = _frames_of_threads().get(thread_id)
        found = []
        while frame is not None:
            if self.covers(frame):
                found.append((frame.f_code, frame.f_lasti))
            frame = frame.f_back
        return self._frames(found[::-1])

    def span(self, code: CodeType, lasti: int) -> Span | None:
        """Span of the expression that was compiled to the instruction at `lasti`."""
        positions = islice(code.co_positions(), max(lasti, 0) // 2, None)
        line, end_line, start, end = next(positions, (None, None, None, None))
        if line is None:
            return None
        before = self._before.get(code.co_filename, 0)
        line, end_line = line + before, None if end_line is None else end_line + before
        if end_line is None or start is None or end is None:
            return self.whole_line(line)
        return Span(
            line=line,
            column=self._column(line, start),
            end_line=end_line,
            end_column=self._column(end_line, end),
        )

    def whole_line(self, number: int) -> Span:
        """Span of a line's text, for when Python doesn't know the columns."""
        text = self._line(number)
        indent = len(text) - len(text.lstrip())
        return Span(
            line=number,
            column=indent + 1,
            end_line=number,
            end_column=max(len(text.rstrip()), indent + 1) + 1,
        )

    def _frames(self, found: list[tuple[CodeType, int]]) -> tuple[Frame, ...]:
        """Describe frames; in a deep recursion only the outermost and the innermost ones."""
        if len(found) > _MOST_FRAMES:
            found = found[: _MOST_FRAMES // 2] + found[-_MOST_FRAMES // 2 :]
        return tuple(
            Frame(function=clean(code.co_name, _LONGEST_NAME), span=span)
            for code, lasti in found
            if (span := self.span(code, lasti)) is not None
        )

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def _column(self, line: int, offset: int) -> int:
        """Turn Python's 0-based offset in UTF-8 bytes into a 1-based column in characters."""
        before = self._line(line).encode("utf-8", "surrogatepass")[:offset]
        return len(before.decode("utf-8", "ignore")) + 1


def _constructs(frame: FrameType) -> bool:
    """Whether a frame is part of a dataclass's constructor, generated by Flax or written out."""
    if frame.f_code.co_name in _CONSTRUCTORS:
        return True
    return frame.f_globals.get("__name__") == "flax.linen.kw_only_dataclasses"


def _package(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__", "")
    return name.partition(".")[0] if type(name) is str else ""
