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
from grader.gradebook.outcome.naming import Span, Words, joined, labels, spans, spelt, words_of
from grader.model.finding import Finding
from grader.model.report import Report
from grader.rules import RULES

_GAP: Final = re.compile(r"[\W_]{0,3}")
_MASK: Final = "\u00d7"
_SHORT: Final = 3
"""Letters of a login that may be another word."""
_TEXTS: Final = ("message", "help", "why", "label")

_KEYWORDS: Final = frozenset(map(str.casefold, keyword.kwlist))
"""Some people are called In or Is: alone, these words don't identify anybody."""


class _Own(NamedTuple):
    """What names the student who wrote a report: words, and names that others may begin with."""

    words: frozenset[str]
    joined: frozenset[str]


class Masks:
    """Masks who wrote a report, and all others of a class.

    A single name of somebody else stays if it is a word of the code, too: `dense`, `max`.
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._full: dict[str, set[Words]] = defaultdict(set)
        single: set[str] = set()
        for student in students:
            names = spelt(student.name)
            single |= {word for words in names for word in words if len(word) > 2} | joined(names)
            for words in _names(student):
                if len(words) > 1 or words[0].isdecimal():
                    self._full[words[0]].add(words)
                elif len(words[0]) > _SHORT:
                    single.add(words[0])
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

    def _mask(self, text: str, own: _Own) -> str:
        """Replace letters one by one, so that every column stays where it is."""
        found = list(spans(text))
        parts: list[str] = []
        end = index = 0
        while index < len(found):
            length = self._length(text, found, index, own)
            for span in found[index : index + length]:
                parts += [text[end : span.start], _MASK * (span.end - span.start)]
                end = span.end
            index += max(length, 1)
        return "".join([*parts, text[end:]])

    def _length(self, text: str, found: list[Span], index: int, own: _Own) -> int:
        """Return how many words from `index` on name somebody."""
        word = found[index].word
        longest = int(
            word in own.words or word in self._single or any(each in word for each in own.joined)
        )
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
    return frozenset([*words_of(programs), *words_of(" ".join(dir(builtins)))]) | _KEYWORDS


def _adjacent(text: str, found: list[Span]) -> bool:
    return all(_GAP.fullmatch(text, one.end, other.start) for one, other in pairwise(found))


def _names(student: Student) -> Iterator[Words]:
    """Yield what a student is known by, as words; a name also the other way round."""
    for text in (student.email, *labels(student)):
        yield from (words for words in spelt(text) if len("".join(words)) > 2)
    for words in spelt(student.name):
        if len("".join(words)) > 2:
            yield words
        if len(words) > 1:
            yield (*words[1:], words[0])


def _own(result: Result) -> _Own:
    """Return what names the student: in the name, the addresses, and the numbers."""
    student = result.handed.student
    if student is None:
        return _Own(frozenset(), frozenset())
    texts = (student.name, *labels(student))
    words = {word for text in texts for each in spelt(text) for word in each if len(word) > 1}
    whole = {"".join(each) for each in spelt(student.name)}
    return _Own(frozenset(words | whole) - _KEYWORDS, joined(spelt(student.name)))
