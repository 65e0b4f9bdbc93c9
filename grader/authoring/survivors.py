"""Why a mutant passes: it is the solution in other words, or the judge has missed it.

A survivor is right if the author says so, by an accepted submission that computes the same; if
it differs only in how it calls nn.vmap or init, and the call did what the solution's did; or if its
output was proved to be the solution's, and it came to it with the same variables through the same
lifted call. Anything else is left to a human.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property
from typing import Final

import msgspec

from grader.authoring.mutants import Mutant
from grader.evidence.lifting import array_axes
from grader.evidence.trail import LiftedRun, Trail
from grader.grading.observed import observed
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.labels import ACCEPTED
from grader.model.exercise import ExerciseFolder
from grader.model.observation import Axis, LiftedCall, Observation, Root, Variable
from grader.model.report import Equivalent, Report, Verdict
from grader.model.sameness import same_program
from grader.model.source import Source
from grader.model.submission import Submission, from_bytes

SECONDS: Final = 60.0
"""For loading a program of the author's, and for each case."""
_COMPARED: Final = frozenset(
    {"in_axes", "out_axes", "variable_axes", "split_rngs", "axis_size", "axis_name", "methods"}
)
"""The arguments of nn.vmap that a `LiftedCall` has the values of."""


class Survivor(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant that passed; `right` if it may, and why or why not."""

    mutant: Mutant
    right: bool
    reason: str


def as_submission(mutant: Mutant, folder: ExerciseFolder) -> Submission:
    """Return the mutant as a file of the solution's name."""
    return from_bytes(folder.solution.name, mutant.text.encode())


class Survivors:
    """Looks at the mutants of one exercise that passed."""

    def __init__(self, session: Session, folder: ExerciseFolder, asked: GradingRequest) -> None:
        self._session = session
        self._folder = folder
        self._asked = asked
        self._solution = folder.solution.read_text(encoding="utf-8")
        self._accepted = dict(_accepted(folder))
        self._explained: dict[tuple[str, Equivalent], tuple[bool, str]] = {}

    def of(self, mutant: Mutant, report: Report) -> Survivor | None:
        """Return why the mutant passed; None if it didn't."""
        if report.verdict is not Verdict.PASSED:
            return None
        file = self._accepted.get(same_program(mutant.text))
        if file is not None:
            return Survivor(mutant=mutant, right=True, reason=f"{ACCEPTED}/{file} is this program")
        key = mutant.text, report.equivalence.status
        if key not in self._explained:
            self._explained[key] = self._compared(mutant, report)
        right, reason = self._explained[key]
        return Survivor(mutant=mutant, right=right, reason=reason)

    @cached_property
    def _expected(self) -> tuple[Observation, ...]:
        return self._observed(self._solution)

    def _compared(self, mutant: Mutant, report: Report) -> tuple[bool, str]:
        pairs = list(zip(self._expected, self._observed(mutant.text), strict=True))
        programs = (self._solution, mutant.text)
        if all(_same_calls(programs, each) for each in pairs):
            return True, "nn.vmap gets the same arguments: it has them by default"
        if all(_same_inits(programs, each) for each in pairs):
            return True, "init looks at shapes only, and makes the same variables"
        if report.equivalence.status is not Equivalent.PROVED:
            return False, f"not proved: {report.equivalence.scope}"
        kept = [[{*_facts(Trail(each).variables)} for each in pair] for pair in pairs]
        if not all(left == right for left, right in kept):
            return False, "the output is proved the same, and the variables differ"
        if not all(_lifting(left) == _lifting(right) for left, right in pairs):
            return False, "the output is proved the same, and what is lifted differs"
        return True, "proved to compute the same, with the same variables and lifted call"

    def _observed(self, text: str) -> tuple[Observation, ...]:
        """Return what the program does on some cases, of each function if there are several."""
        submission = from_bytes(self._folder.solution.name, text.encode())
        found: list[Observation] = []
        for part in self._folder.parts:
            plan = self._session.plan(part.exercise, self._asked)
            side = self._session.submission_side(submission, part)
            found += observed(side, (plan.discriminating[0], *plan.edges[::2]), SECONDS)
        return tuple(found)


def _accepted(folder: ExerciseFolder) -> Iterable[tuple[str, str]]:
    for path in sorted((folder.folder / ACCEPTED).glob("*.py")):
        try:
            yield same_program(path.read_text(encoding="utf-8")), path.name
        except (SyntaxError, ValueError):
            continue


# ------------------------------------------------------------------------------------- sameness


Two = tuple[str, str]
Pair = tuple[Observation, Observation]
"""What the solution did on a case, and what the mutant did on it."""


def _same_calls(programs: Two, pair: Pair) -> bool:
    """Whether the programs differ in the arguments of nn.vmap only, and those do the same."""
    left, right = (each.record.lifted for each in pair)
    given = {name for call in left for name in call.given}
    given ^= {name for call in right for name in call.given}
    return (
        given <= _COMPARED
        and [_bare(call) for call in left] == [_bare(call) for call in right]
        and _around(programs[0], left) == _around(programs[1], right)
    )


def _same_inits(programs: Two, pair: Pair) -> bool:
    """Whether the programs differ in the arguments of `init` only, and that makes the same."""
    left, right = ([root for root in each.record.roots if not root.forward] for each in pair)
    known = all(each.digest is not None for root in left for each in root.made)
    return (
        known
        and [_facts(root.made) for root in left] == [_facts(root.made) for root in right]
        and _around(programs[0], left) == _around(programs[1], right)
    )


def _facts(variables: Iterable[Variable]) -> list[object]:
    return [(each.collection, each.path, each.type, each.digest) for each in variables]


def _bare(call: LiftedCall) -> LiftedCall:
    """Return the call without what only says how it is written."""
    return msgspec.structs.replace(call, id=0, span=None, given=())


def _around(text: str, calls: Iterable[LiftedCall | Root]) -> str:
    """Return the program with the arguments of these calls left out."""
    source = Source("", text)
    for call in calls:
        node = source.call_at(call.span)
        if node is not None:
            node.args, node.keywords = [], []
    return ast.dump(source.tree) if source.tree is not None else text


def _lifting(observation: Observation) -> list[tuple[object, ...]]:
    return [(_bare(_mapped(each)), *_axes(each)) for each in Trail(observation).decisive]


def _mapped(lifted: LiftedRun) -> LiftedCall:
    """Return the call without the axes of what came in and went out."""
    none = Axis(value=None)
    return msgspec.structs.replace(lifted.call, in_axes=none, out_axes=none)


def _axes(lifted: LiftedRun) -> tuple[object, object]:
    """Return the axes of what came in and went out, counted from the front."""
    call, run = lifted.call, lifted.run
    came = array_axes(call.in_axes, run.inputs) if run is not None else None
    went = array_axes(call.out_axes, run.outputs) if run is not None else None
    if came is None or went is None:
        return call.in_axes, call.out_axes
    return came, went
