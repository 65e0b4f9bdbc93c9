"""Lines of code that show a mistake, chosen so that nobody can be told by them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Final

from grader.gradebook.classroom import Student
from grader.model.finding import Finding, Severity
from grader.model.report import Report
from grader.render.excerpt import located
from grader.render.visible import cut, visible
from grader.rules import rule_by_id

_LONGEST: Final = 120
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_COMMENT: Final = re.compile(r"(^|\s)#[^'\"]*$")
"""A comment, unless what looks like one may be inside of a text."""


class Examples:
    """Makes collections of lines in which no student of a class is named."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._names = frozenset(
            word.casefold()
            for each in students
            for text in (each.name, each.login, each.email, each.key)
            for word in _WORD.findall(text.partition("@")[0])
        )

    def collection(self) -> Collection:
        """Return an empty collection."""
        return Collection(self._names)


class Collection:
    """For each rule, how many students wrote which line."""

    def __init__(self, names: frozenset[str]) -> None:
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
        words = {word.casefold() for word in _WORD.findall(line)}
        return "" if words & self._names - _everybodys(finding.rule) else line


@cache
def _everybodys(rule: str) -> frozenset[str]:
    """Return words that name nobody although somebody may be called so: the code's own."""
    try:
        programs = rule_by_id(rule)
    except KeyError:
        return frozenset()
    return frozenset(map(str.casefold, _WORD.findall(programs.wrong + programs.right)))
