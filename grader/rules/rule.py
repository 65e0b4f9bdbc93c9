"""What a rule is: a mistake with a name, the text that explains it, and the code that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from grader.exercise import Check
from grader.finding import Finding
from grader.transcript import Transcript


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule.

    `title` is the mistake in one line. `explanation` is Markdown: what it means and why it
    matters. `wrong` and `right` are short programs, run by a test. `link` is the documentation
    of the argument at fault. `find` yields at most one finding for each place.
    """

    id: str
    check: Check
    title: str
    explanation: str
    wrong: str
    right: str
    link: str
    find: Callable[[Transcript], Iterable[Finding]]
