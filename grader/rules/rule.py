"""What a rule is: a mistake with a name, the text that explains it, and the code that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from grader.evidence import Evidence
from grader.model.case import Case
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.finding import Finding, Severity, ShapeRow
from grader.model.observation import Span
from grader.rules.trait import EVERYTHING, Trait


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a rule saw its mistake: a finding that doesn't know its rule yet.

    The fields are those of `Finding`. `certain` says that it has its own evidence, so no cause
    accounts for it but an `exact` one, which gives all numbers of every wrong answer. `last_resort`
    says that it looks like the consequence of another mistake: it is only reported if no other is
    found.
    """

    message: str
    help: str
    why: str = ""
    span: Span | None = None
    label: str = ""
    shapes: tuple[ShapeRow, ...] = ()
    details: tuple[str, ...] = ()
    evidence: dict[str, object] = {}
    case: Case | None = None
    severity: Severity = Severity.ERROR
    certain: bool = False
    exact: bool = False
    last_resort: bool = False
    edits: tuple[Edit, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule.

    `title` is the mistake in one line. `explanation` is Markdown: what it means and why it
    matters. `wrong` and `right` are short programs with a function `forward(seed, x, features)`,
    run by a test. `link` is the documentation of the argument at fault. `find` yields at most one
    sighting for each place.

    A symptom `shows` which trait of the answer is wrong; a cause shows none. A symptom is silent
    where a rule further up was found that `alters` this trait. `hides` are the exceptions: the ids
    of causes further down that are only another face of this one.
    """

    id: str
    check: Check
    title: str
    explanation: str
    wrong: str
    right: str
    link: str
    find: Callable[[Evidence], Iterable[Sighting]]
    shows: Trait | None = None
    alters: frozenset[Trait] = EVERYTHING
    hides: frozenset[str] = frozenset()

    def accounts_for(self, other: Rule) -> bool:
        """Whether what `other` sees is a consequence of this rule, which comes before it."""
        return other.shows in self.alters or other.id in self.hides

    def findings(self, evidence: Evidence) -> tuple[Finding, ...]:
        """Return all that the rule finds, whatever the others do."""
        return tuple(self.finding(sighting) for sighting in self.find(evidence))

    def finding(self, sighting: Sighting) -> Finding:
        """Return a sighting as a finding of this rule."""
        return Finding(
            rule=self.id,
            check=self.check,
            severity=sighting.severity,
            message=sighting.message,
            help=sighting.help,
            why=sighting.why,
            span=sighting.span,
            label=sighting.label,
            shapes=sighting.shapes,
            details=sighting.details,
            evidence=sighting.evidence,
            case=sighting.case,
            certain=sighting.certain,
            edits=sighting.edits,
        )
