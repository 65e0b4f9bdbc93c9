"""What a rule is: a mistake with a name, the text that explains it, and the code that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from grader.evidence import Evidence
from grader.model.case import Case
from grader.model.exercise import Check
from grader.model.finding import Finding, Severity, ShapeRow
from grader.model.observation import Span


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a rule saw its mistake: a finding that doesn't know its rule yet.

    The fields are those of `Finding`. `independent` says that it has evidence of its own, so it is
    reported also where another rule explains this one's sightings.
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
    independent: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule.

    `title` is the mistake in one line. `explanation` is Markdown: what it means and why it
    matters. `wrong` and `right` are short programs with a function `forward(seed, x, features)`,
    run by a test. `link` is the documentation of the argument at fault. `find` yields at most one
    sighting for each place. `explains` are the ids of the rules whose sightings merely follow
    where this one has any: they are not reported beside it. They stand further down in `RULES`.
    """

    id: str
    check: Check
    title: str
    explanation: str
    wrong: str
    right: str
    link: str
    find: Callable[[Evidence], Iterable[Sighting]]
    explains: frozenset[str] = frozenset()

    def findings(self, evidence: Evidence, *, explained: bool = False) -> tuple[Finding, ...]:
        """Return what the rule finds, one finding for each place.

        Where another rule has `explained` it already, only what is independent of that.
        """
        found: dict[Span | None, Sighting] = {}
        for sighting in self.find(evidence):
            if sighting.independent or not explained:
                found.setdefault(sighting.span, sighting)
        return tuple(self._finding(sighting) for sighting in found.values())

    def _finding(self, sighting: Sighting) -> Finding:
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
        )
