"""Edits of a program's text: applied all at once, and traced back to the text as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

import msgspec

from grader.model.observation import Point, Span, between
from grader.model.source import Source


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What to write instead of a piece of text; an empty span is between two characters."""

    span: Span
    text: str


def overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits can't both be made as they are: the same edit twice can.

    So can two arguments be added at the same place.
    """
    if one == other:
        return False
    (start, end), (first, last) = ((each.span.start, each.span.end) for each in (one, other))
    if start == end == first == last:
        return not (one.text.startswith(",") and other.text.startswith(","))
    return start < last and first < end


class Edited:
    """A program with some edits. Edits that overlap one before them are left out.

    Each is made in the file that it starts in, and goes no further than that file.
    """

    def __init__(self, source: Source, edits: Iterable[Edit]) -> None:
        self._source = source
        mine: list[list[Edit]] = [[] for _ in source.files]
        for edit in edits:
            place = source.place(edit.span)
            local = Edit(span=place.span, text=edit.text)
            mine[source.files.index(place.file)].append(local)
        self._files = [_EditedFile(*pair) for pair in zip(source.files, mine, strict=True)]

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """The edits that are made."""
        pairs = zip(self._source.files, self._files, strict=True)
        return tuple(e for file, own in pairs for e in shifted(self._source, file, own.edits))

    @property
    def text(self) -> str:
        """The main file with the edits, with the line ends that it has."""
        return self._files[0].text

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts of all files with the edits."""
        return tuple(each.text for each in self._files)

    @cached_property
    def _after(self) -> Source:
        return self._source.with_texts(self.texts)

    def before(self, span: Span) -> Span:
        """Return where a piece of the edited program was; what was written is where it was put."""
        number, local = self._in_its_file(span)
        return self._source.shifted(number, self._files[number].before(local))

    def wrote(self, span: Span) -> bool:
        """Whether a piece of the edited program is all written by one edit."""
        number, local = self._in_its_file(span)
        return self._files[number].wrote(local)

    def _in_its_file(self, span: Span) -> tuple[int, Span]:
        place = self._after.place(span)
        return self._after.files.index(place.file), place.span


class _EditedFile:
    """One file with some edits. Edits that overlap one before them are left out."""

    def __init__(self, source: Source, edits: Iterable[Edit]) -> None:
        self._before = _Places(source.text)
        ordered = sorted(dict.fromkeys(edits), key=lambda each: self._offsets(each.span))
        kept = ordered[:1]
        for edit in ordered[1:]:
            if self._offsets(edit.span)[0] >= self._offsets(kept[-1].span)[1]:
                kept.append(edit)
        self.edits = tuple(kept)

    @cached_property
    def text(self) -> str:
        """The text with the edits, with the line ends that it has."""
        return "".join(text for text, _ in self._pieces)

    def before(self, span: Span) -> Span:
        """Return where a piece of the edited text was; what was written is where it was put."""
        places = _Places(self.text)
        start, end = (self._old(places.offset(*each)) for each in (span.start, span.end))
        return self._before.span(start[0], max(end[1], start[0]))

    def wrote(self, span: Span) -> bool:
        """Whether a piece of the edited text is all written by one edit."""
        places, passed = _Places(self.text), 0
        start, end = places.offset(*span.start), places.offset(*span.end)
        for text, (first, last) in self._pieces:
            inside = passed <= start and end <= passed + len(text) and start < end
            if inside and text != self._before.text[first:last]:
                return True
            passed += len(text)
        return False

    def _old(self, offset: int) -> tuple[int, int]:
        """Return the offsets before the edits that enclose an offset after them."""
        for text, (start, end) in self._pieces:
            if offset <= len(text):
                kept = end - start == len(text)
                return (start + offset, start + offset) if kept else (start, end)
            offset -= len(text)
        return len(self._before.text), len(self._before.text)

    @cached_property
    def _pieces(self) -> tuple[tuple[str, tuple[int, int]], ...]:
        """The edited text in pieces, each with the offsets of what it replaces."""
        old = self._before
        pieces: list[tuple[str, tuple[int, int]]] = []
        place = 0
        for edit in self.edits:
            start, end = self._offsets(edit.span)
            pieces.append((old.text[place:start], (place, start)))
            pieces.append((edit.text.replace("\n", old.line_end), (start, end)))
            place = end
        return (*pieces, (old.text[place:], (place, len(old.text))))

    def _offsets(self, span: Span) -> tuple[int, int]:
        return self._before.offset(*span.start), self._before.offset(*span.end)


def whole_lines(before: Source, after: str) -> tuple[Edit, ...]:
    """Return the edits that make one text of another, line by line."""
    from difflib import SequenceMatcher

    old, new = (_Places(each) for each in (before.text, after))
    ours, theirs = ([*each.lines] for each in (old, new))
    matcher = SequenceMatcher(a=ours, b=theirs)  # thousands of equal lines would take minutes
    return tuple(
        Edit(span=old.span(old.starts[a], old.starts[b]), text="".join(theirs[c:d]))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    )


def lines_of_all(before: Source, after: Sequence[str]) -> tuple[Edit, ...]:
    """Return the edits that make other texts of a program's files, line by line."""
    return tuple(
        each
        for file, text in zip(before.files, after, strict=True)
        for each in shifted(before, file, whole_lines(file, text))
    )


def shifted(source: Source, file: Source, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits of one of a program's files as edits of the program."""
    number = source.files.index(file)
    return tuple(Edit(span=source.shifted(number, e.span), text=e.text) for e in edits)


class _Places:
    """Offsets in a text, and their lines and columns as a `Source` counts them."""

    def __init__(self, text: str) -> None:
        self.text = text
        ends = [each.end() for each in re.finditer(r"\r\n|\r|\n", text)]
        self.starts = [0, *ends, len(text)]

    @property
    def lines(self) -> Iterable[str]:
        """The lines with their ends."""
        return (self.text[start:end] for start, end in pairwise(self.starts))

    @property
    def line_end(self) -> str:
        """How the text ends its first line."""
        found = re.search(r"\r\n|\r|\n", self.text)
        return found.group() if found else "\n"

    def offset(self, line: int, column: int) -> int:
        return min(self.starts[min(line, len(self.starts)) - 1] + column - 1, len(self.text))

    def span(self, start: int, end: int) -> Span:
        return between(self._place(start), self._place(end))

    def _place(self, offset: int) -> Point:
        line = max(n for n, start in enumerate(self.starts[:-1], 1) if start <= offset)
        return line, offset - self.starts[line - 1] + 1
