"""Runs a plan of cases on both sides until a mistake shows, then looks for a smaller case."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from itertools import groupby, islice
from operator import attrgetter
from typing import Final, Protocol

import msgspec

from grader.compare import Same, compare, tolerance_of
from grader.evidence import Look
from grader.evidence.altered import tells
from grader.evidence.by_number import decides_by_a_number
from grader.evidence.direct import gives_directly, returns_directly
from grader.evidence.impurity import Impurity
from grader.evidence.refusal import refuses
from grader.model.case import Case
from grader.model.effort import Effort
from grader.model.exercise import Check, Exercise
from grader.model.finding import Finding, Severity
from grader.model.observation import (
    Completed,
    Loaded,
    ModuleRun,
    Observation,
    OpaqueResult,
    Outcome,
    Raised,
)
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from grader.search.deadline import Deadline
from grader.search.plan import (
    Plan,
    Sizes,
    extent,
    one_of_each,
    with_new_sizes,
    with_other_numbers,
)

_AT_ONCE: Final = 2
"""How many shapes run between two looks at the findings: as many as there are lanes, usually."""
_AFRESH: Final = 2
_AFRESH_BY_CHANCE: Final = 4
"""How many fresh processes repeat a case, and how many if the text shows something random: it may
be one of two values, which some processes share."""


class Reference(Protocol):
    """Knows the right answers."""

    def answer(self, case: Case) -> Observation:
        """Return what the reference does on a case."""

    def altered(self, case: Case) -> Observation:
        """Return what it does on a case where its transforms give other numbers."""

    def prepare(self, cases: Sequence[Case]) -> None:
        """Start to run cases that will be needed."""


class Second(Protocol):
    """A second process of the submission, which may still be busy with something else."""

    def player(self) -> Player | None:
        """Wait until it is ready; None if it failed."""

    def abandon(self) -> None:
        """Stop it, even while another thread waits for it."""


class Player(Protocol):
    """A side that runs cases, one at a time."""

    def begin(self, case: Case, seconds: float) -> None:
        """Start to run a case."""

    def finish(self) -> Observation:
        """Wait for the case to finish, and return what happened."""

    @property
    def failure(self) -> object | None:
        """Why it can't run any more cases, None if it can."""

    @property
    def touched(self) -> bool:
        """Whether a trace has left something behind, which a case would find."""


class Lane:
    """A process of the submission and the reference to compare it with; runs cases in order."""

    def __init__(
        self, player: Player, reference: Reference, deadline: Deadline, *, process: int
    ) -> None:
        self.player = player
        self._reference = reference
        self._deadline = deadline
        self.process = process

    def play(self, some: Iterable[Case]) -> list[Exchange]:
        """Run all cases, or those until the process fails."""
        return list(self._exchanges(some))

    def _exchanges(self, some: Iterable[Case]) -> Iterator[Exchange]:
        for case in some:
            if self.player.failure is not None:
                return
            yield self._exchange(case)

    def _exchange(self, case: Case) -> Exchange:
        """Run a case on both sides, the reference first: the submission reuses what it compiled."""
        expected = self._reference.answer(case)
        waiting = time.perf_counter()
        self.player.begin(case, self._deadline.next())
        actual = self.player.finish()
        waited = time.perf_counter() - waiting
        # What the worker says of its time may be forged.
        self._deadline.spend(reference=expected.seconds, submission=max(waited, actual.seconds))
        return Exchange(case=case, expected=expected, actual=actual, process=self.process)


class Search:
    """One submission's run.

    `submission` has loaded the file; `second` will be a process that has, too, if it has one to
    play in; `fresh` starts another, and `altering` gives one in which lifted modules return other
    numbers, after which no other case may run. `judge` is the judge, which may have a deadline.
    `spare` may start one that has loaded the file, if many cases are left. `is_pure` says whether
    the text leaves nothing to state or chance.
    """

    def __init__(
        self,
        *,
        exercise: Exercise,
        source: Source,
        reference: Reference,
        submission: Player,
        second: Second | None,
        fresh: Callable[[], Player],
        altering: Callable[[], Player],
        deadline: Deadline,
        tell: Callable[[int, int], None],
        judge: Callable[[Transcript], tuple[Finding, ...]],
        effort: Effort = Effort.EVERYTHING,
        spare: Callable[[], Sequence[Player]] = tuple,
        is_pure: Callable[[], bool] = lambda: False,
    ) -> None:
        self._exercise = exercise
        self._source = source
        self._reference = reference
        self._second = second
        self._fresh = fresh
        self._altering = altering
        self._deadline = deadline
        self._tell = tell
        self._judge = judge
        self._effort = effort
        self._spare = spare
        self._is_pure = is_pure
        self._exchanges: list[Exchange] = []
        self._processes = 0
        self._lanes = [self._lane(submission)]

    def run(
        self,
        plan: Plan,
        proved: Callable[[], bool],
        fixed: Callable[[], Iterable[Sizes]] = tuple,
    ) -> Transcript:
        """Execute the plan, or as much of it as is needed.

        A `proved` program runs only on its discriminating cases, edges and named cases, and on
        those that the proof doesn't hold for (`_unproved`): `fixed` are the sizes that it does hold
        for, of dimensions where not all do. Any other program runs on all cases, until a mistake
        shows. `proved` is called as late as possible, unless a proof spares it the first cases.
        """
        for play in self._rounds(plan, proved, fixed):
            play()
            self._leave_refused()
            self._tell(len(self._exchanges), plan.total)
            if self._failed:
                return self.transcript
            if self._errors():
                return self._look_closer(plan) if self._effort.repeats else self.transcript
        times, open_to_chance = (1, False) if proved() else (_AT_ONCE, self._leaves_to_chance)
        self._leave_traced()
        if self._effort.repeats_plain or not proved():
            self._repeat(plan.discriminating[0], times, afresh=open_to_chance)
        return self._with_altered(plan.discriminating[0])

    def _rounds(
        self, plan: Plan, proved: Callable[[], bool], fixed: Callable[[], Iterable[Sizes]]
    ) -> Iterator[Callable[[], None]]:
        """Yield the rounds; the findings are checked after each one."""
        edges = list(_grouped(plan.edges, attrgetter("sizes")))
        if self._effort.proves_first and proved():
            self._leave_traced()
            few = [*one_of_each((*plan.discriminating, *plan.edges), self._exercise)]
            beginning = [each for each in few if each in plan.discriminating]
            edges = []
            yield partial(self._begin, beginning, few[len(beginning) :])
        elif self._effort.stops_early:
            yield from self._one_by_one(plan.discriminating)
            self._leave_traced()
        else:
            yield partial(self._begin, plan.discriminating, edges.pop(0))
        for parts in _batched(edges, _AT_ONCE):
            yield partial(self._play_together, parts)
        yield from self._more(plan.named)
        yield from self._more(list(self._unproved(plan.rest, fixed())) if proved() else plan.rest)

    def _unproved(self, cases: Sequence[Case], fixed: Iterable[Sizes]) -> Iterator[Case]:
        """Yield cases that a proof says nothing of: with other sizes or, if that counts, numbers.

        It holds for the `fixed` sizes, where it doesn't for all, and for numbers that are choices.
        """
        open_ = [*with_new_sizes(cases, fixed)]
        if decides_by_a_number(self._source, self._exercise):
            open_ += with_other_numbers(cases, self._exercise)
        wanted = {id(each) for each in open_}
        return (each for each in cases if id(each) in wanted)

    def _one_by_one(self, cases: Sequence[Case]) -> Iterator[Callable[[], None]]:
        waiting = list(cases)
        while waiting:
            yield partial(self._play_until_wrong, waiting)

    def _more(self, cases: Sequence[Case]) -> Iterator[Callable[[], None]]:
        if cases:
            self._leave_traced()
            self._reference.prepare(cases)
        for parts in _batched(_grouped(cases, self._weights), _AT_ONCE):
            if len(self._lanes) < len(parts):
                self._lanes += map(self._lane, self._spare())
            yield partial(self._play_together, parts)

    def _leave_refused(self) -> None:
        """Drop cases that the program refuses, and that no learner is asked for."""
        self._exchanges = [
            each
            for each in self._exchanges
            if not refuses(each.actual.outcome, each.case, self._exercise, self._source)
        ]

    def _weights(self, case: Case) -> object:
        return [case.sizes[each.name] for each in self._exercise.dimensions if each.weights]

    # ------------------------------------------------------------------------------------ playing

    def _lane(self, player: Player) -> Lane:
        lane = Lane(player, self._reference, self._deadline, process=self._processes)
        self._processes += 1
        return lane

    def _begin(self, discriminating: Sequence[Case], edges: Sequence[Case]) -> None:
        """Run the discriminating cases, and the first edges in the second process once it's ready.

        If the first process fails, nobody waits for the second, and its observations are dropped.
        """
        if self._second is None:
            self._exchanges += self._lanes[0].play((*discriminating, *edges))
            return
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(self._play_second, self._second, edges)
            self._exchanges += self._lanes[0].play(discriminating)
            if self._failed:
                self._second.abandon()
                return
            lane, played = beside.result()
        if lane is None:
            self._exchanges += self._lanes[0].play(edges)
            return
        self._lanes.append(lane)
        self._exchanges += played

    def _play_until_wrong(self, waiting: list[Case]) -> None:
        """Run cases, and take them off the list, until an answer is wrong, and the next one.

        It takes two to see what the seed changes.
        """
        wrong = False
        while waiting and not self._failed:
            played = self._lanes[0].play([waiting.pop(0)])
            self._exchanges += played
            if wrong:
                return
            wrong = not all(self._same(each, each.expected, each.actual) for each in played)

    @staticmethod
    def _is_usable(lane: Lane) -> bool:
        return lane.player.failure is None and not lane.player.touched

    def _leave_traced(self) -> None:
        """Go on in a fresh process instead of one that a trace has changed, or ended."""
        self._lanes = [
            lane if self._is_usable(lane) else self._lane(self._fresh()) for lane in self._lanes
        ]

    def _play_second(
        self, second: Second, edges: Sequence[Case]
    ) -> tuple[Lane | None, list[Exchange]]:
        player = second.player()
        if player is None:
            return None, []
        lane = self._lane(player)
        return lane, lane.play(edges)

    def _play_together(self, parts: Iterable[list[Case]], lanes: Sequence[Lane] = ()) -> None:
        """Run each part in its own lane, in parallel; the exchanges keep the order of the parts.

        A single lane runs them one after the other.
        """
        lanes = lanes or self._lanes
        if len(lanes) == 1:
            for part in parts:
                self._exchanges += lanes[0].play(part)
            return
        with ThreadPoolExecutor(len(lanes)) as pool:
            pairs = zip(lanes, parts, strict=False)
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
        """Find out whether a mistake is state or chance, and whether smaller sizes show it.

        Whether it is state or chance decides which rule finds it.
        """
        impure = any(map(_may_be_impure, self._errors()))
        if impure and not self._fails_alike and not self._is_pure():
            self._repeat_afresh(plan)
        elif self._answers and (self._effort.repeats_plain or not self._is_pure()):
            self._repeat(plan.discriminating[0], 1)
        if self._effort.shrinks:
            self._shrink(plan)
        return self._with_altered(plan.discriminating[0]) if self._leaves_open else self.transcript

    @property
    def _fails_alike(self) -> bool:
        """Whether each case ended in the same way without an answer, the very first one, too.

        Then it comes neither of state nor, unless the text shows something random, of chance.
        """
        ends = {_end_without_answer(each.actual.outcome) for each in self._exchanges}
        return len(ends) == 1 and None not in ends and not self._leaves_to_chance

    @property
    def _answers(self) -> bool:
        """Whether every case that ran came to an answer, right or wrong."""
        return all(isinstance(each.actual.outcome, Completed) for each in self._exchanges)

    @property
    def _leaves_open(self) -> bool:
        """Whether nothing found so far says how a transform was used, though its answers came."""
        said = {finding.check for finding in self._errors()}
        return self._answers and said.isdisjoint({Check.TRANSFORM, Check.LIFTED})

    def _repeat(self, case: Case, times: int, *, afresh: bool = False) -> None:
        """Play a case of the beginning again, `times` in all: a pure program answers as it did.

        What it draws while it is loaded only differs `afresh`.
        """
        first = next(each for each in self._exchanges if each.case == case)
        played = len(self._exchanges)
        self._play_together([[case]] * times, self._lanes[:times])
        again = self._exchanges[played:]
        same = all(self._same(first, first.actual, each.actual) for each in again)
        if afresh or not same:
            self._repeat_in_fresh_processes(case)

    @cached_property
    def _leaves_to_chance(self) -> bool:
        """Whether the text shows something random, which may be drawn once in each process."""
        return Impurity(*self._source.home(self._exercise.entry)).chance is not None

    def _with_altered(self, case: Case) -> Transcript:
        """Play a case where lifted modules return other numbers, to see whether the answer does.

        It takes a separate process, or loading once more: what jax has compiled runs no lifted
        module, and what it compiles here is of no use elsewhere. So it isn't done where no lifted
        module was seen to run, or where the text shows that what it gives is returned. The same
        goes for the transforms that the task asks for. What says nothing of the reference isn't
        kept.
        """
        found = self.transcript
        if not (self._lifts(found) or self._transforms(found)) or self._is_direct(case):
            return found
        played = self._lane(self._altering()).play([case])
        before = next((each.actual for each in found.exchanges if each.case == case), None)
        if not played or before is None or not tells(played[0], before, self._reference.altered):
            return found
        return msgspec.structs.replace(found, altered=played[0])

    def _lifts(self, found: Transcript) -> bool:
        return any(run.lifted is not None for run in _runs(found))

    def _transforms(self, found: Transcript) -> bool:
        asked = {title for use in self._exercise.uses for title in use.any_of}
        ran = (run for each in found.exchanges for run in each.actual.record.transforms)
        return any(run.ran and run.transform in asked for run in ran)

    def _is_direct(self, case: Case) -> bool:
        """Whether the text shows that the function returns what its lifted call gives."""
        exchange = next(each for each in self._exchanges if each.case == case)
        trail = Look(self._exercise, exchange).actual
        if self._exercise.uses:
            return self._gives_directly(exchange.actual)
        root = trail.answer
        return (
            root is not None
            and trail.is_lifted(root)
            and returns_directly(self._source, self._exercise.entry, root.span)
        )

    def _gives_directly(self, actual: Observation) -> bool:
        """Whether the text shows that the function returns what its only transform gives."""
        outer = [run for run in actual.record.transforms if run.ran and run.inside is None]
        function = self._exercise.entry
        return len(outer) == 1 == len(self._exercise.uses) and gives_directly(
            self._source, function, outer[0].span
        )

    def _repeat_afresh(self, plan: Plan) -> None:
        """Repeat the first case that went wrong: here, and as the first case of a new process."""
        played = [each for each in self._exchanges if not each.case.retrained]
        wrong = (each.case for each in played if not self._same(each, each.expected, each.actual))
        case = next(wrong, plan.discriminating[0])
        process = next(each.process for each in played if each.case == case)
        same = (each for each in self._lanes if each.process == process)
        self._exchanges += next(same, self._lanes[0]).play([case])
        self._repeat_in_fresh_processes(case)

    def _repeat_in_fresh_processes(self, case: Case) -> None:
        """Play a case as the first of new processes, until their answers say enough.

        One that answers as before shows that nothing was kept; if the answers differ among
        themselves, it's chance. What is drawn while the file is loaded may be the same by chance.
        """
        first = next(each for each in self._exchanges if each.case == case)
        answers: list[Exchange] = []
        for _ in range(_AFRESH_BY_CHANCE if self._leaves_to_chance else _AFRESH):
            played = self._lane(self._fresh()).play([case])
            self._exchanges += played
            answers += played
            if not all(self._same(first, answers[0].actual, each.actual) for each in played):
                return
            if not self._leaves_to_chance and all(
                self._same(first, first.actual, each.actual) for each in played
            ):
                return

    def _same(self, exchange: Exchange, one: Observation, other: Observation) -> bool:
        """Whether two observations of a case agree, within the tolerance of its values."""
        if not isinstance(one.outcome, Completed) or not isinstance(other.outcome, Completed):
            return type(one.outcome) is type(other.outcome)
        tolerance = tolerance_of(exchange.case, exchange.expected, self._exercise.tolerance)
        comparison = compare(one.outcome.result, other.outcome.result, tolerance)
        return isinstance(comparison, Same)

    def _shrink(self, plan: Plan) -> None:
        """Run smaller sizes, smallest first, until every mistake has appeared on one of them."""
        played = [each.case.sizes for each in self._exchanges]
        smaller = (list(each) for each in plan.smaller if each[0].sizes not in played)
        limit = min(map(extent, played), default=0)
        while not all(_shown_on(finding, limit) for finding in self._errors()):
            together = list(islice(smaller, _AT_ONCE))
            if not together:
                return
            self._play_together(together)
            limit = max(extent(part[0].sizes) for part in together)


def _runs(transcript: Transcript) -> Iterator[ModuleRun]:
    for each in transcript.exchanges:
        yield from each.actual.record.modules


def _grouped(some: Iterable[Case], key: Callable[[Case], object]) -> Iterator[list[Case]]:
    return (list(group) for _, group in groupby(some, key))


def _batched(parts: Iterable[list[Case]], size: int) -> Iterator[list[list[Case]]]:
    """Take `size` parts at a time (itertools.batched, which Python 3.11 lacks)."""
    rest = iter(parts)
    while batch := list(islice(rest, size)):
        yield batch


def _may_be_impure(finding: Finding) -> bool:
    """Whether state or randomness could have caused this finding."""
    return finding.check in {Check.VALUES, Check.PURE, Check.SHAPE} or finding.rule in {
        "ignored-seed",
        "ignored-features",
        "raised",
    }


def _end_without_answer(outcome: Outcome) -> Hashable | None:
    """Return what tells one such end from another; None if there may be numbers in it."""
    match outcome:
        case Raised(exception=exception, module=module, frames=frames):
            return exception, module, frames[-1].span if frames else None
        case Completed(result=OpaqueResult(type_name=name, text=text)):
            return name, text
        case _:
            return None


def _shown_on(finding: Finding, most: int) -> bool:
    return finding.case is None or extent(finding.case.sizes) <= most
