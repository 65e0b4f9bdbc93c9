"""What a rule is: a mistake with a name, the text that explains it, and the code that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from grader.evidence import Evidence
from grader.model.exercise import Check, FlaxClass, Use
from grader.model.finding import Account, Finding
from grader.rules.trait import EVERYTHING, Trait


class Sighting(Account, frozen=True, kw_only=True):
    """One place where a rule saw its mistake: a finding that doesn't know its rule yet.

    A `certain` one is silent only for an `exact` cause, which gives all numbers of every wrong
    answer. `last_resort` says that it looks like the consequence of another mistake: it is only
    reported if no other is found. One that stands `aside` accounts for no other finding.
    Of several at one place, only the first is reported, unless they are `about` something else.
    """

    exact: bool = False
    last_resort: bool = False
    aside: bool = False
    about: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule.

    `title` is the mistake in one line. `explanation` is Markdown: what it means and why it
    matters. `wrong` and `right` are short programs with a function `forward(seed, x, features)`,
    run by a test, in a task that asks for `uses` and rules `forbids` out; with a `flax_class`, they
    have a class `Forward` instead. `link` is the
    documentation of the argument at fault. `find` yields at most one sighting for each place.

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
    uses: tuple[Use, ...] = ()
    forbids: tuple[str, ...] = ()
    flax_class: FlaxClass | None = None

    def accounts_for(self, other: Rule) -> bool:
        """Whether what `other` sees is a consequence of this rule, which comes before it."""
        return other.shows in self.alters or other.id in self.hides

    def findings(self, evidence: Evidence) -> tuple[Finding, ...]:
        """Return all that the rule finds, whatever the others do."""
        return tuple(self.finding(sighting) for sighting in self.find(evidence))

    def finding(self, sighting: Sighting) -> Finding:
        """Return a sighting as a finding of this rule."""
        account = {name: getattr(sighting, name) for name in Account.__struct_fields__}
        return Finding(rule=self.id, check=self.check, **account)
