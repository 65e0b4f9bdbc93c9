"""Runs a plan of cases on both sides until a mistake shows, and then makes its case small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from math import prod
from typing import Final, Protocol

from grader.case import Case
from grader.compare import Same, compare, tolerance_of
from grader.exercise import Check, Exercise
from grader.finding import Finding, Severity
from grader.judge import judge
from grader.observation import Completed, Loaded, LoadOutcome, Observation
from grader.search.cases import Plan, Sizes, cases, with_seed
from grader.search.pinned import draw
from grader.source import Source
from grader.transcript import Exchange, Transcript

_SMALL_SHAPES: Final = 3
"""How many smaller shapes a mistake is tried on: each may cost a compilation."""

_REFERENCE_SECONDS: Final = 60.0
_LEAST_SECONDS: Final = 5.0
_TIMES_SLOWER: Final = 20
_RUN_DEADLINES: Final = 12
"""A whole run may take as long as this many deadlines."""


class Player(Protocol):
    """A side that plays cases, one at a time."""

    def begin(self, case: Case, seconds: float) -> None:
        """Start on a case."""

    def finish(self) -> Observation:
        """Wait for what it did."""

    @property
    def failure(self) -> object | None:
        """Why it plays no more, None while it does."""


class Deadline:
    """How long a case may take: measured against the reference, never less than five seconds.

    `fixed` is what the user asked for. `unhurried` stretches the least on a machine so busy that
    importing the libraries took long.
    """

    def __init__(self, fixed: float | None, unhurried: float = 1.0) -> None:
        self._fixed = fixed
        self._least = max(_LEAST_SECONDS, 4 * unhurried)
        self._slowest = 0.0
        self._spent = 0.0

    def next(self) -> float:
        """Seconds for the next case."""
        if self._fixed is not None:
            asked = self._fixed
        else:
            asked = max(self._least, _TIMES_SLOWER * self._slowest)
        return min(asked, max(asked * _RUN_DEADLINES - self._spent, 0.1))

    def spend(self, *, reference: float, submission: float) -> None:
        """Count what a case took, in seconds."""
        self._slowest = max(self._slowest, reference)
        self._spent += submission


class Search:
    """One submission's run. `fresh` starts another process that has loaded the same file."""

    def __init__(
        self,
        *,
        exercise: Exercise,
        source: Source,
        reference: Player,
        submission: Player,
        fresh: Callable[[], Player],
        deadline: Deadline,
        tell: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self._exercise = exercise
        self._source = source
        self._reference = reference
        self._submission = submission
        self._fresh = fresh
        self._deadline = deadline
        self._tell = tell
        self._exchanges: list[Exchange] = []
        self._processes = 1

    def run(self, plan: Plan, proved: Callable[[], bool]) -> Transcript:
        """Execute the plan, or as much of it as it takes.

        A program that was `proved`, which is asked when it must be known, runs on its telling
        cases and edges; any other runs on all, unless a mistake shows before that.
        """
        for part in self._parts(plan, proved):
            self._play_all(part, plan.total)
            if self._submission.failure is not None:
                return self._transcript()
            if self._errors():
                return self._look_closer(plan)
        self._repeat(plan.telling[0])
        return self._transcript()

    def _parts(self, plan: Plan, proved: Callable[[], bool]) -> Iterator[list[Case]]:
        yield from _by_shape(plan.telling)
        yield from _by_shape(plan.edges)
        if not proved():
            yield from _by_shape(plan.rest)

    # ------------------------------------------------------------------------------------ playing

    def _play_all(self, some: Iterable[Case], total: int) -> None:
        for case in some:
            if self._submission.failure is not None:
                return
            self._play(case, self._submission, process=0)
            self._tell(len(self._exchanges), total)

    def _play(self, case: Case, player: Player, *, process: int) -> Exchange:
        """Have both sides play a case, at the same time where neither is known yet."""
        self._reference.begin(case, _REFERENCE_SECONDS)
        player.begin(case, self._deadline.next())
        expected = self._reference.finish()
        actual = player.finish()
        self._deadline.spend(reference=expected.seconds, submission=actual.seconds)
        exchange = Exchange(case=case, expected=expected, actual=actual, process=process)
        self._exchanges.append(exchange)
        return exchange

    def _transcript(self, loaded: LoadOutcome | None = None) -> Transcript:
        return Transcript(
            exercise=self._exercise,
            source=self._source,
            loaded=loaded or Loaded(),
            exchanges=tuple(self._exchanges),
        )

    def _errors(self) -> list[Finding]:
        findings = judge(self._transcript())
        return [finding for finding in findings if finding.severity is Severity.ERROR]

    # ----------------------------------------------------------------------------- looking closer

    def _look_closer(self, plan: Plan) -> Transcript:
        """After a mistake has shown: is it state or chance, and does it show on smaller sizes?"""
        if any(_may_be_impure(finding) for finding in self._errors()):
            self._repeat_afresh(plan)
        self._shrink()
        return self._transcript()

    def _repeat(self, case: Case) -> None:
        """Play a case of the beginning again: a pure program answers as it did."""
        first = next(each for each in self._exchanges if each.case == case)
        again = self._play(case, self._submission, process=0)
        if not self._alike(first, again):
            self._repeat_in_fresh_processes(case)

    def _repeat_afresh(self, plan: Plan) -> None:
        """Play the first case that went wrong again, here and as the first of two processes."""
        wrong = next((each for each in self._exchanges if self._differs(each)), None)
        case = wrong.case if wrong is not None else plan.telling[0]
        self._play(case, self._submission, process=0)
        self._repeat_in_fresh_processes(case)

    def _repeat_in_fresh_processes(self, case: Case) -> None:
        for _ in range(2):
            player = self._fresh()
            self._play(case, player, process=self._processes)
            self._processes += 1

    def _differs(self, exchange: Exchange) -> bool:
        return not self._same(exchange, exchange.expected, exchange.actual)

    def _alike(self, first: Exchange, second: Exchange) -> bool:
        return self._same(first, first.actual, second.actual)

    def _same(self, exchange: Exchange, one: Observation, other: Observation) -> bool:
        """Whether two observations of a case are alike, within the tolerance of its values."""
        if not isinstance(one.outcome, Completed) or not isinstance(other.outcome, Completed):
            return type(one.outcome) is type(other.outcome)
        tolerance = tolerance_of(exchange.case, exchange.expected, self._exercise.tolerance)
        comparison = compare(one.outcome.result, other.outcome.result, tolerance)
        return isinstance(comparison, Same)

    def _shrink(self) -> None:
        """Play smaller sizes, smallest first, until every mistake has shown on one of them."""
        shapes = list(small_sizes(self._exercise))
        for index, sizes in enumerate(shapes[:_SMALL_SHAPES]):
            drawn = draw(cases(self._exercise, [sizes], telling=True), count=2, seed=index)
            for seed in (0, 1):
                self._play_all([with_seed(drawn[-1], self._exercise, seed)], total=0)
            if all(_shown_on(finding, sizes) for finding in self._errors()):
                return


def small_sizes(exercise: Exercise) -> Iterator[Sizes]:
    """Sizes of 1 and 2, by how much there is of them; the first dimensions grow first."""
    names = [dimension.name for dimension in exercise.dimensions]
    choices = product(*[range(1, min(2, each.largest) + 1) for each in exercise.dimensions])
    ordered = sorted(choices, key=lambda sizes: (prod(sizes), [-size for size in sizes]))
    return (dict(zip(names, sizes, strict=True)) for sizes in ordered)


def _by_shape(some: Iterable[Case]) -> Iterator[list[Case]]:
    """Group cases that follow each other and have the same sizes."""
    group: list[Case] = []
    for case in some:
        if group and group[-1].sizes != case.sizes:
            yield group
            group = []
        group.append(case)
    if group:
        yield group


def _may_be_impure(finding: Finding) -> bool:
    """Whether state or randomness could look like this finding."""
    return finding.check in {Check.VALUES, Check.PURE, Check.SHAPE} or finding.rule in {
        "ignored-seed",
        "ignored-features",
        "raised",
    }


def _shown_on(finding: Finding, sizes: Sizes) -> bool:
    return finding.case is None or prod(finding.case.sizes.values()) <= prod(sizes.values())
