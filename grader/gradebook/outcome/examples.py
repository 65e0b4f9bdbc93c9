"""Lines of code that show a mistake, chosen so that nobody can be told by them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from grader.gradebook.classroom import Student
from grader.gradebook.outcome.naming import joined, labels, parts, spelt, words_of
from grader.model.finding import Finding, Severity
from grader.model.report import Report
from grader.render.excerpt import located
from grader.render.visible import cut, visible
from grader.rules import rule_by_id

_LONGEST: Final = 120
_SMALL: Final = 2
"""Digits of a number that many programs have."""
_COMMENT: Final = re.compile(r"(^|\s)#[^'\"]*$")
"""A comment, unless what looks like one may be inside of a text."""


class Names(NamedTuple):
    """What names the students of a class: words, and names run together."""

    words: frozenset[str]
    joined: frozenset[str]

    def are_in(self, line: str, everybodys: frozenset[str]) -> bool:
        """Whether a line names somebody in a word that isn't everybody's."""
        words = frozenset(words_of(line)) - everybodys
        return bool(words & self.words) or any(
            part in self.joined for word in words for part in parts(word)
        )


class Examples:
    """Makes collections of lines in which no student of a class is named."""

    def __init__(self, students: Iterable[Student]) -> None:
        words: set[str] = set()
        whole: set[str] = set()
        for each in students:
            names = [words for text in (each.name, *labels(each)) for words in spelt(text)]
            words.update(word for name in names for word in name if _tells(word))
            whole |= joined(names)
        self._names = Names(frozenset(words), frozenset(whole))

    def collection(self) -> Collection:
        """Return an empty collection."""
        return Collection(self._names)


class Collection:
    """For each rule, how many students wrote which line."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._lines: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, report: Report) -> None:
        """Note the lines at which the errors of one student were found."""
        errors = (each for each in report.findings if each.severity is Severity.ERROR)
        found = {(each.rule, self._line(report, each)) for each in errors}
        for rule, line in found:
            if line:
                self._lines[rule][line] += 1

    def of(self, rule: str) -> str:
        """Return the line that most wrote, the shortest of those; empty if there is none."""
        lines = self._lines.get(rule, Counter[str]())
        return min(lines, key=lambda line: (-lines[line], len(line), line), default="")

    def _line(self, report: Report, finding: Finding) -> str:
        place = located(report, finding)
        if place is None:
            return ""
        code = _COMMENT.sub("", place.source.lines[place.span.line - 1])
        line = cut(visible(" ".join(code.split())), _LONGEST)
        return "" if self._names.are_in(line, _everybodys(finding.rule)) else line


def _tells(word: str) -> bool:
    """Whether a word of a name names somebody: a small number may be any."""
    return len(word) > (_SMALL if word.isdecimal() else 1)


@cache
def _everybodys(rule: str) -> frozenset[str]:
    """Return words that name nobody although somebody may be called so: the code's own."""
    try:
        programs = rule_by_id(rule)
    except KeyError:
        return frozenset()
    return frozenset(words_of(programs.wrong + programs.right))
