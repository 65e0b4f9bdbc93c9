"""Reports in which nobody is named: what students write into their files, too."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from grader.gradebook.classroom import Result, Student
from grader.model.finding import Finding
from grader.model.report import Report
from grader.rules import RULES

_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_GAP: Final = re.compile(r"[\W_]{0,3}")
_MASK: Final = "\u00d7"
_TEXTS: Final = ("message", "help", "why", "label")

_KEYWORDS: Final = frozenset(map(str.casefold, keyword.kwlist))
"""Some people are called In or Is: alone, these words don't identify anybody."""

Words = tuple[str, ...]


class Masks:
    """Masks who wrote a report, and all others of a class.

    A single name of somebody else stays if it is a word of the code, too: `dense`, `max`.
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._full: dict[str, set[Words]] = defaultdict(set)
        single: set[str] = set()
        for student in students:
            single |= {word for word in _words(student.name) if len(word) > 2}
            for words in _names(student):
                if len(words) > 1 or words[0].isdecimal():
                    self._full[words[0]].add(words)
        self._single = single - _code_words()

    def masked(self, result: Result, report: Report, path: str) -> Report:
        """Return a report under another path, without names. Lines and columns stay the same."""
        own = _own(result)
        output = report.output

        def mask(text: str) -> str:
            return self._mask(text, own)

        def finding(each: Finding) -> Finding:
            texts = {field: mask(getattr(each, field)) for field in _TEXTS}
            return msgspec.structs.replace(each, details=tuple(map(mask, each.details)), **texts)

        return msgspec.structs.replace(
            report,
            path=path,
            sha256="",
            student=None,
            digests=(),
            source=report.source.moved(path, mask),
            summary=mask(report.summary),
            findings=tuple(map(finding, report.findings)),
            output=msgspec.structs.replace(
                output, stdout=mask(output.stdout), stderr=mask(output.stderr)
            ),
        )

    def _mask(self, text: str, own: frozenset[str]) -> str:
        """Replace letters one by one, so that every column stays where it is."""
        found = list(_spans(text))
        parts: list[str] = []
        end = index = 0
        while index < len(found):
            length = self._length(text, found, index, own)
            for span in found[index : index + length]:
                parts += [text[end : span.start], _MASK * len(span.word)]
                end = span.end
            index += max(length, 1)
        return "".join([*parts, text[end:]])

    def _length(self, text: str, found: list[_Span], index: int, own: frozenset[str]) -> int:
        """Return how many words from `index` on name somebody."""
        word = found[index].word
        longest = int(word in own or word in self._single)
        for words in self._full.get(word, ()):
            there = found[index : index + len(words)]
            same = tuple(span.word for span in there) == words
            if same and len(words) > longest and _adjacent(text, there):
                longest = len(words)
        return longest


@cache
def _code_words() -> frozenset[str]:
    """Return words that programs consist of: Python's, and those of the rules' examples."""
    programs = "\n".join(each.wrong + each.right for each in RULES)
    return frozenset([*_words(programs), *_words(" ".join(dir(builtins)))]) | _KEYWORDS


class _Span(NamedTuple):
    """A word in small letters, and where it stands."""

    word: str
    start: int
    end: int


def _spans(text: str) -> Iterator[_Span]:
    """Yield the words; `annaModel2` has three."""
    for match in _WORD.finditer(text):
        start = match.start()
        for end in range(start + 1, match.end() + 1):
            if end == match.end() or (text[end - 1].islower() and text[end].isupper()):
                yield _Span(_small(text[start:end]), start, end)
                start = end


def _small(word: str) -> str:
    """Return a word in small letters, of the same length."""
    return "".join(small if len(small := char.casefold()) == 1 else char for char in word)


def _adjacent(text: str, found: list[_Span]) -> bool:
    return all(_GAP.fullmatch(text, one.end, other.start) for one, other in pairwise(found))


def _words(text: str) -> Words:
    return tuple(span.word for span in _spans(text))


def _names(student: Student) -> Iterator[Words]:
    """Yield what a student is known by, as words; a name also the other way round."""
    ids = (student.id, student.key, student.number, student.login)
    for text in (student.name, student.email, *ids):
        words = _words(text)
        if words and len("".join(words)) > 2:
            yield words
    name = _words(student.name)
    if len(name) > 1:
        yield (*name[1:], name[0])


def _own(result: Result) -> frozenset[str]:
    """Return the words that name the student: in the name, the addresses, and the path."""
    student = result.handed.student
    if student is None:
        return frozenset()
    address = student.email.partition("@")[0]
    key = student.key.partition("@")[0]
    words = [*_words(student.name), *_words(address), *_words(key)]
    words += [*_words(student.id), *_words(student.number), *_words(student.login)]
    joined = "".join(_words(student.name))
    return frozenset([each for each in words if len(each) > 1] + [joined]) - _KEYWORDS
