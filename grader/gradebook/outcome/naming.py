"""How programs name students: in words, run together, and as people write letters of others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final, NamedTuple

from grader.gradebook.classroom import Student
from grader.gradebook.intake.names import folded, run_together

Words = tuple[str, ...]

_WORD: Final = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+|\d+")
_LONG: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
"""How these are written where there are none, beside the letter without its mark."""
_MOST_LONG: Final = 4
_TELLING: Final = 5
"""Letters of a name run together that aren't some other word by chance."""
_LONGEST: Final = 60
"""Letters of a word that are looked through."""


class Span(NamedTuple):
    """A word, folded, and where it stands."""

    word: str
    start: int
    end: int


def spans(text: str) -> Iterator[Span]:
    """Yield the words; `annaModel2` has three."""
    for start, end in _places(text):
        yield Span(folded(text[start:end]), start, end)


def words_of(text: str) -> Words:
    """Return the words, folded."""
    return tuple(span.word for span in spans(text))


def spelt(text: str) -> frozenset[Words]:
    """Return the words in each spelling: `Bo Öz` gives `bo oz` and `bo oez`. None for no words."""
    each = [spellings(text[start:end]) for start, end in _places(text)]
    return frozenset(product(*each)) if each else frozenset()


def spellings(word: str) -> frozenset[str]:
    """Return how a word is written with letters from a to z, as far as those are known."""
    letters = unicodedata.normalize("NFC", word.casefold())
    long = sum(letter in _LONG for letter in letters)
    both = [
        (folded(each), _LONG[each]) if each in _LONG and long <= _MOST_LONG else (folded(each),)
        for each in letters
    ]
    return frozenset(map("".join, product(*both)))


def joined(names: Iterable[Words]) -> frozenset[str]:
    """Return names of several words run together, as in `annasmith` and `smithanna`."""
    several = [each for each in names if len(each) > 1]
    found = frozenset(text for each in several for text in run_together(each))
    return frozenset(each for each in found if len(each) >= _TELLING)


def parts(word: str) -> Iterator[str]:
    """Yield the parts of a word that may be a name run together; a class may have many names."""
    word = word[:_LONGEST]
    for start in range(len(word)):
        for end in range(start + _TELLING, len(word) + 1):
            yield word[start:end]


def mailbox(student: Student) -> str:
    """Return the part of the address that names the student."""
    return student.email.partition("@")[0]


def labels(student: Student) -> Words:
    """Return what a student is called in one text each, apart from the name."""
    key = student.key.partition("@")[0]
    return (mailbox(student), key, student.id, student.number, student.login)


def _places(text: str) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(text):
        start = match.start()
        for end in range(start + 1, match.end() + 1):
            if end == match.end() or (text[end - 1].islower() and text[end].isupper()):
                yield start, end
                start = end
