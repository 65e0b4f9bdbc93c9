"""Which cases run in which process, and how many: with processes that only answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import pytest

from grader.catalogue import exercises
from grader.model.case import ArrayValue, Case
from grader.model.effort import Effort
from grader.model.exercise import Check
from grader.model.finding import Finding
from grader.model.observation import Completed, Observation
from grader.model.source import Source
from grader.model.transcript import Transcript
from grader.search.cases import plan
from grader.search.deadline import Deadline
from grader.search.run import Search

EXERCISE = next(each.exercise for each in exercises() if each.exercise.slug == "nn-vmap-shared")
PLAN = plan(EXERCISE, count=20, seed=0)
FIRST = len(PLAN.discriminating)
EDGES = len(PLAN.edges)


def answer(number: float = 1.0) -> Observation:
    numbers = np.full(3, number, np.float32)
    return Observation(outcome=Completed(result=ArrayValue.of(numbers)))


class Reference:
    def answer(self, _case: Case) -> Observation:
        return answer()

    def altered(self, _case: Case) -> Observation:
        return answer(-1.0)

    def prepare(self, _cases: Sequence[Case]) -> None:
        pass


class Process:
    """Answers every case rightly, or with another number after the first `right` ones."""

    def __init__(self, number: float = 1.0, *, right: int = 0) -> None:
        self._number = number
        self._right = right

    failure: object | None = None
    touched = False

    def begin(self, case: Case, seconds: float) -> None:
        pass

    def finish(self) -> Observation:
        self._right -= 1
        return answer(self._number if self._right < 0 else 1.0)


class Second:
    def player(self) -> Process:
        return Process()

    def abandon(self) -> None:
        pass


class Grading:
    """A run of the search. `proves`: a trace in the first process is the reference's.

    The trace leaves something behind if it `touches`, and ends the process if it `kills`. What a
    process is `found` to do is wrong; each new one answers with the next of the `numbers`.
    """

    def __init__(
        self,
        *,
        proves: bool,
        touches: bool = False,
        kills: bool = False,
        alone: bool = True,
        found: tuple[Finding, ...] = (),
        numbers: Iterable[float] = (),
        effort: Effort = Effort.EVERYTHING,
        process: Process | None = None,
        text: str = "def nn_vmap_forward(seed, x_batch, features): ...",
        idle_after: int | None = None,
        is_pure: bool = False,
    ) -> None:
        self._answers = proves, touches, kills
        self._found = found
        self._numbers = iter(numbers)
        self.process = process or Process()
        self.judged: list[int] = []
        self.fresh = 0
        self._search = Search(
            exercise=EXERCISE,
            source=Source("program.py", text),
            reference=Reference(),
            submission=self.process,
            second=None if alone else Second(),
            fresh=self._another,
            altering=self._another,
            deadline=Deadline(None),
            tell=lambda _done, _total: None,
            judge=self._judge,
            effort=effort,
            spare=self._spare,
            is_pure=lambda: is_pure,
        )
        self._idle_after = idle_after

    def run(self) -> list[int]:
        """Return the number of the process for each case that ran."""
        return [each.process for each in self.transcript().exchanges]

    def transcript(self, *fixed: dict[str, int]) -> Transcript:
        """Run a program whose proof holds for the `fixed` sizes only."""
        return self._search.run(PLAN, self._proved, lambda: fixed)

    def _another(self) -> Process:
        self.fresh += 1
        return Process(next(self._numbers, 1.0))

    def _spare(self) -> tuple[Process, ...]:
        """Give a second process once so many rounds were judged."""
        idle = self._idle_after is not None and len(self.judged) > self._idle_after
        return (self._another(),) if idle else ()

    def _proved(self) -> bool:
        proves, self.process.touched, kills = self._answers
        self.process.failure = "took too long" if kills else None
        return proves

    def _judge(self, transcript: Transcript) -> tuple[Finding, ...]:
        self.judged.append(len(transcript.exchanges))
        return self._found


WRONG = Finding(rule="wrong-values", check=Check.VALUES, message="", help="")


def test_a_proved_program_runs_on_the_first_cases_and_the_edges() -> None:
    assert Grading(proves=True).run() == [0] * (FIRST + EDGES + 1)


def test_a_proved_program_runs_at_each_size_that_its_proof_does_not_hold_for() -> None:
    fixed = [{"features": size} for size in (1, 2, 3)]
    ran = Grading(proves=True).transcript(*fixed).exchanges
    assert {each.case.sizes["features"] for each in ran} >= {
        each.sizes["features"] for each in PLAN.rest
    }
    beyond = [each.case.sizes["features"] for each in ran[FIRST + EDGES : -1]]
    assert beyond
    assert len({*beyond, 1, 2, 3}) == len(beyond) + 3


def test_any_other_program_runs_on_all() -> None:
    assert Grading(proves=False).run() == [0] * (PLAN.total + 2)


@pytest.mark.parametrize("trace", ["touches", "kills"])
def test_no_case_runs_after_a_trace_that_changed_the_process(trace: str) -> None:
    grading = Grading(proves=False, touches=trace == "touches", kills=trace == "kills")
    before = FIRST + EDGES
    assert grading.run() == [0] * before + [1] * (PLAN.total - before + 2)
    assert grading.fresh == 1


def test_a_second_process_takes_half_of_the_cases() -> None:
    grading = Grading(proves=False, alone=False)
    processes = grading.run()
    assert len(processes) == PLAN.total + 2
    assert set(processes) == {0, 1}
    assert grading.fresh == 0


def test_once_processors_are_idle_a_second_process_takes_half_of_the_rest() -> None:
    helped = Grading(proves=False, idle_after=3)
    processes = helped.run()
    assert len(processes) == PLAN.total + 2
    assert helped.fresh == 1
    assert 1 not in processes[: FIRST + EDGES]
    assert processes.count(1) > 2


def test_how_many_run_does_not_depend_on_how_many_processes_there_are() -> None:
    for proves in (False, True):
        one, two = (Grading(proves=proves, alone=alone).run() for alone in (True, False))
        assert len(one) == len(two)


@pytest.mark.parametrize(
    ("numbers", "fresh"), [([], 1), ([2.0], 2), ([2.0, 3.0], 2), ([1.0, 2.0], 1)]
)
def test_a_second_new_process_runs_if_the_first_answers_otherwise(
    numbers: list[float], fresh: int
) -> None:
    grading = Grading(proves=False, found=(WRONG,), numbers=numbers)
    processes = grading.run()
    assert grading.fresh == fresh
    assert set(processes) == {*range(fresh + 1)}


def test_what_is_wrong_and_surely_pure_is_repeated_in_its_process() -> None:
    grading = Grading(proves=False, found=(WRONG,), is_pure=True)
    cases = [each.case for each in grading.transcript().exchanges]
    assert cases.count(PLAN.discriminating[0]) == 2
    assert grading.fresh == 0


def test_what_answers_otherwise_the_second_time_is_repeated_afresh_all_the_same() -> None:
    process = Process(2.0, right=FIRST + 2)
    grading = Grading(proves=False, found=(WRONG,), is_pure=True, process=process)
    grading.run()
    assert grading.fresh > 0


@pytest.mark.parametrize("is_pure", [True, False])
@pytest.mark.parametrize("effort", [Effort.EVERYTHING, Effort.RULES])
def test_which_rule_finds_a_mistake_is_seen_on_the_first_edge_and_repetitions(
    effort: Effort, is_pure: bool
) -> None:
    wrong = msgspec.structs.replace(WRONG, case=PLAN.discriminating[0])
    grading = Grading(proves=False, found=(wrong,), effort=effort, is_pure=is_pure)
    ran = grading.transcript().exchanges
    cases = [each.case for each in ran]
    everything = effort is Effort.EVERYTHING
    assert all(case in cases for case in (PLAN.edges[0], *PLAN.discriminating))
    again = [each.process for each in ran if each.case == PLAN.discriminating[0]]
    assert again == ([0, 0, 1] if not is_pure else [0, 0] if everything else [0])
    shrinks = any(case in cases for group in PLAN.smaller[1:] for case in group)
    assert shrinks is everything


@pytest.mark.parametrize("right", [0, 1, FIRST - 1])
def test_a_search_that_stops_early_ends_after_the_case_that_follows_a_wrong_answer(
    right: int,
) -> None:
    grading = Grading(
        proves=False,
        found=(WRONG,),
        effort=Effort.CAUGHT,
        process=Process(2.0, right=right),
    )
    ran = min(right + 2, FIRST)
    assert len(grading.run()) == ran
    assert grading.judged == [ran]


def test_a_search_that_stops_early_goes_on_if_the_judge_excuses_the_answer() -> None:
    process = Process(2.0, right=1)
    stopping = Grading(proves=True, effort=Effort.CAUGHT, process=process)
    assert len(stopping.run()) > FIRST
    assert stopping.judged[:2] == [3, 5]


@pytest.mark.parametrize("effort", [each for each in Effort if not each.proves_first])
def test_edges_run_whatever_is_proved(effort: Effort) -> None:
    ran = Grading(proves=True, effort=effort).transcript().exchanges
    again = PLAN.discriminating[:1] if effort is Effort.EVERYTHING else ()
    assert [each.case for each in ran] == [*PLAN.discriminating, *PLAN.edges, *again]


@pytest.mark.parametrize("alone", [True, False])
def test_what_passes_by_a_proof_runs_on_each_shape_and_container(alone: bool) -> None:
    grading = Grading(proves=True, effort=Effort.PASSES, alone=alone)
    cases = [each.case for each in grading.transcript().exchanges]
    beginning = [*PLAN.discriminating, *PLAN.edges]
    assert [each.sizes for each in cases if each in PLAN.edges] == [
        each.sizes for each in PLAN.edges[::2]
    ]
    assert {each.container for each in cases} == {each.container for each in beginning}
    assert cases.count(PLAN.discriminating[0]) == 1
    assert len(cases) < len(beginning) * 2 / 3


@pytest.mark.parametrize("found", [(), (WRONG,)])
def test_without_a_proof_a_program_has_to_pass_all_the_first_cases(
    found: tuple[Finding, ...],
) -> None:
    passes, everything = (
        Grading(proves=False, effort=effort, found=found).transcript().exchanges
        for effort in (Effort.PASSES, Effort.EVERYTHING)
    )
    assert passes == everything


def test_a_process_that_a_proof_changed_runs_no_case() -> None:
    grading = Grading(proves=True, touches=True, effort=Effort.PASSES)
    assert set(grading.run()) == {1}


DRAWING = "import random\nA = random.random()\ndef nn_vmap_forward(seed, x_batch, features): A"


@pytest.mark.parametrize(
    ("numbers", "fresh"),
    [([], 4), ([2.0, 3.0], 2), ([2.0, 2.0, 3.0], 3), ([1.0, 1.0, 1.0, 2.0], 4)],
)
def test_more_new_processes_run_until_two_differ_if_the_text_draws_something(
    numbers: list[float], fresh: int
) -> None:
    grading = Grading(proves=False, found=(WRONG,), numbers=numbers, text=DRAWING)
    grading.run()
    assert grading.fresh == fresh


@pytest.mark.parametrize(("proves", "fresh"), [(False, 4), (True, 0)])
def test_what_draws_something_and_is_right_runs_in_new_processes_unless_it_is_proved(
    proves: bool, fresh: int
) -> None:
    grading = Grading(proves=proves, text=DRAWING)
    grading.run()
    assert grading.fresh == fresh
