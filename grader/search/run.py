"""Runs a plan of cases on both sides until a mistake shows, and then makes its case small."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Final, Protocol

from grader.compare import Same, compare, tolerance_of
from grader.judge import judge as judged
from grader.model.case import Case
from grader.model.exercise import Check, Exercise
from grader.model.finding import Finding, Severity
from grader.model.observation import Completed, Loaded, Observation
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from grader.search.plan import Plan, extent

_LEAST_SECONDS: Final = 5.0
_TIMES_SLOWER: Final = 20
_RUN_DEADLINES: Final = 12
"""A whole run may take as long as this many deadlines."""


class Reference(Protocol):
    """What knows the right answers."""

    def answer(self, case: Case) -> Observation:
        """Return what the reference does on a case."""

    def prepare(self, cases: Sequence[Case]) -> None:
        """Begin to play cases that will be asked for."""


class Second(Protocol):
    """A second process of the submission, which has something else to do first."""

    def player(self) -> Player | None:
        """Wait for it to be ready; None if it failed."""

    def abandon(self) -> None:
        """End it, also while another thread waits for it."""


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


class Lane:
    """A process of the submission, with the reference to compare it to; plays cases in order."""

    def __init__(
        self, player: Player, reference: Reference, deadline: Deadline, *, process: int
    ) -> None:
        self.player = player
        self._reference = reference
        self._deadline = deadline
        self._process = process

    def play(self, some: Iterable[Case]) -> list[Exchange]:
        """Play cases until there are no more, or the process has failed at one."""
        return list(self._exchanges(some))

    def _exchanges(self, some: Iterable[Case]) -> Iterator[Exchange]:
        for case in some:
            if self.player.failure is not None:
                return
            yield self._exchange(case)

    def _exchange(self, case: Case) -> Exchange:
        """Have both sides play a case, the reference first: the submission loads its programs."""
        expected = self._reference.answer(case)
        waiting = time.perf_counter()
        self.player.begin(case, self._deadline.next())
        actual = self.player.finish()
        waited = time.perf_counter() - waiting
        # What the worker says of its time may be forged.
        self._deadline.spend(reference=expected.seconds, submission=max(waited, actual.seconds))
        return Exchange(case=case, expected=expected, actual=actual, process=self._process)


class Search:
    """One submission's run.

    `submission` has loaded the file; `second` will be a process that has, too; `fresh` starts
    another. `judge` is the judge, which may have a deadline.
    """

    def __init__(
        self,
        *,
        exercise: Exercise,
        source: Source,
        reference: Reference,
        submission: Player,
        second: Second,
        fresh: Callable[[], Player],
        deadline: Deadline,
        tell: Callable[[int, int], None] = lambda _done, _total: None,
        judge: Callable[[Transcript], tuple[Finding, ...]] = judged,
    ) -> None:
        self._exercise = exercise
        self._source = source
        self._reference = reference
        self._second = second
        self._fresh = fresh
        self._deadline = deadline
        self._tell = tell
        self._judge = judge
        self._exchanges: list[Exchange] = []
        self._processes = 0
        self._lanes = [self._lane(submission)]

    def run(self, plan: Plan, proved: Callable[[], bool]) -> Transcript:
        """Execute the plan, or as much of it as it takes.

        A program that was `proved`, which is asked when it must be known, runs on its telling
        cases and edges; any other runs on all, unless a mistake shows before that.
        """
        for play in self._rounds(plan, proved):
            play()
            self._tell(len(self._exchanges), plan.total)
            if self._failed:
                return self.transcript
            if self._errors():
                return self._look_closer(plan)
        self._repeat(plan.telling[0])
        return self.transcript

    def _rounds(self, plan: Plan, proved: Callable[[], bool]) -> Iterator[Callable[[], None]]:
        """Yield what is played before the findings are looked at again."""
        first, *others = _by_shape(plan.edges)
        yield partial(self._begin, plan.telling, first)
        for parts in _batched(others, len(self._lanes)):
            yield partial(self._play_together, parts)
        if proved():
            return
        self._reference.prepare(plan.rest)
        for parts in _batched(_by_shape(plan.rest), len(self._lanes)):
            yield partial(self._play_together, parts)

    # ------------------------------------------------------------------------------------ playing

    def _lane(self, player: Player) -> Lane:
        lane = Lane(player, self._reference, self._deadline, process=self._processes)
        self._processes += 1
        return lane

    def _begin(self, telling: Sequence[Case], edges: Sequence[Case]) -> None:
        """Play the telling cases, and the first edges beside them as soon as there is a second.

        Where the first process fails nobody waits for the second, and what it did isn't noted.
        """
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(self._play_second, edges)
            self._exchanges += self._lanes[0].play(telling)
            if self._failed:
                self._second.abandon()
                return
            lane, played = beside.result()
        if lane is None:
            self._exchanges += self._lanes[0].play(edges)
            return
        self._lanes.append(lane)
        self._exchanges += played

    def _play_second(self, edges: Sequence[Case]) -> tuple[Lane | None, list[Exchange]]:
        player = self._second.player()
        if player is None:
            return None, []
        lane = self._lane(player)
        return lane, lane.play(edges)

    def _play_together(self, parts: Iterable[list[Case]], lanes: Sequence[Lane] = ()) -> None:
        """Play each part in a lane of its own, at the same time; what is noted has their order."""
        pairs = list(zip(lanes or self._lanes, parts, strict=False))
        if len(pairs) == 1:
            self._exchanges += pairs[0][0].play(pairs[0][1])
            return
        with ThreadPoolExecutor(len(pairs)) as pool:
            for played in pool.map(lambda pair: pair[0].play(pair[1]), pairs):
                self._exchanges += played

    @property
    def _failed(self) -> bool:
        return any(lane.player.failure is not None for lane in self._lanes)

    @property
    def transcript(self) -> Transcript:
        """What was observed so far."""
        return Transcript(
            exercise=self._exercise,
            source=self._source,
            loaded=Loaded(),
            exchanges=tuple(self._exchanges),
        )

    def _errors(self) -> list[Finding]:
        findings = self._judge(self.transcript)
        return [finding for finding in findings if finding.severity is Severity.ERROR]

    # ----------------------------------------------------------------------------- looking closer

    def _look_closer(self, plan: Plan) -> Transcript:
        """See whether a mistake is state or chance, and whether it shows on smaller sizes."""
        if any(_may_be_impure(finding) for finding in self._errors()):
            self._repeat_afresh(plan)
        elif all(isinstance(each.actual.outcome, Completed) for each in self._exchanges):
            self._repeat(plan.telling[0])
        self._shrink(plan)
        return self.transcript

    def _repeat(self, case: Case) -> None:
        """Play a case of the beginning again: a pure program answers as it did."""
        first = next(each for each in self._exchanges if each.case == case)
        again = self._lanes[0].play([case])
        self._exchanges += again
        if again and not self._alike(first, again[0]):
            self._repeat_in_fresh_processes(case)

    def _repeat_afresh(self, plan: Plan) -> None:
        """Play the first case that went wrong again, here and as the first of two processes."""
        wrong = next((each for each in self._exchanges if self._differs(each)), None)
        case = wrong.case if wrong is not None else plan.telling[0]
        self._exchanges += self._lanes[0].play([case])
        self._repeat_in_fresh_processes(case)

    def _repeat_in_fresh_processes(self, case: Case) -> None:
        fresh = [self._lane(self._fresh()) for _ in range(2)]
        self._play_together([[case], [case]], fresh)

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

    def _shrink(self, plan: Plan) -> None:
        """Play smaller sizes, smallest first, until every mistake has shown on one of them."""
        played = [each.case.sizes for each in self._exchanges]
        smaller = (list(each) for each in plan.smaller if each[0].sizes not in played)
        limit = min(map(extent, played), default=0)
        while not all(_shown_on(finding, limit) for finding in self._errors()):
            together = list(islice(smaller, len(self._lanes)))
            if not together:
                return
            self._play_together(together)
            limit = max(extent(part[0].sizes) for part in together)


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


def _batched(parts: Iterable[list[Case]], size: int) -> Iterator[list[list[Case]]]:
    """Take `size` parts at a time (itertools.batched, which Python 3.11 lacks)."""
    rest = iter(parts)
    while batch := list(islice(rest, size)):
        yield batch


def _may_be_impure(finding: Finding) -> bool:
    """Whether state or randomness could look like this finding."""
    return finding.check in {Check.VALUES, Check.PURE, Check.SHAPE} or finding.rule in {
        "ignored-seed",
        "ignored-features",
        "raised",
    }


def _shown_on(finding: Finding, most: int) -> bool:
    return finding.case is None or extent(finding.case.sizes) <= most
