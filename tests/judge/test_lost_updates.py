"""What counts as an update that is thrown away: old numbers at the place of new ones."""

from __future__ import annotations

from typing import Final

import pytest

from grader.evidence import Look
from grader.evidence.updates import discarded, idle, lost, refused, unaccounted, updated
from grader.model.case import ArrayValue
from grader.model.observation import Observation, Variable
from tests.judge.made import look, numbers, of, raised, root, seen, variable

Y: Final = numbers(1, 2)
OLD, NEW, OTHER = numbers(0, 0, 0), numbers(5, 6, 7), numbers(8, 8, 8)
SHORT_OLD, SHORT_NEW = numbers(0, 0), numbers(5, 6)
MEAN: Final = "batch_stats/mean"


def stat(array: ArrayValue, name: str = MEAN) -> Variable:
    return variable(name, *array.shape, digest=of(array))


UNKNOWN: Final = variable(MEAN, 3)


def step(
    given: tuple[Variable, ...], made: tuple[Variable, ...], *answer: ArrayValue, number: int = 1
) -> Observation:
    """Return what a side did that applied a module once, and what it answered."""
    return seen(answer, roots=(root(number, given=given, made=made),))


REFERENCE: Final = step((stat(OLD),), (stat(NEW),), Y, NEW)
MADE: Final = root(0, kind="init", forward=False, made=(stat(SHORT_OLD),))


def with_init(given: tuple[Variable, ...], made: tuple[Variable, ...], *answer: ArrayValue) -> Look:
    return look(REFERENCE, seen(answer, roots=(MADE, root(1, given=given, made=made))))


def against(actual: Observation, expected: Observation = REFERENCE) -> Look:
    return look(expected, actual)


DISCARDED: Final = {
    "the old values": (against(step((stat(OLD),), (stat(NEW),), Y, OLD)), ["[1]"]),
    "the new values": (against(step((stat(OLD),), (stat(NEW),), Y, NEW)), []),
    "other values": (against(step((stat(OLD),), (stat(NEW),), Y, OTHER)), []),
    "nothing there": (against(step((stat(OLD),), (stat(NEW),), Y)), []),
    "a call that changes nothing": (against(step((stat(OLD),), (stat(OLD),), Y, OLD)), []),
    "another wrong array": (against(step((stat(OLD),), (stat(NEW),), OTHER, OLD)), ["[1]"]),
    "its own old values of another size": (
        against(step((stat(SHORT_OLD),), (stat(SHORT_NEW),), Y, SHORT_OLD)),
        ["[1]"],
    ),
    "its own new values of another size": (
        against(step((stat(SHORT_OLD),), (stat(SHORT_NEW),), Y, SHORT_NEW)),
        [],
    ),
    "its own old values of that size": (
        against(step((stat(OTHER),), (stat(NEW),), Y, OTHER)),
        [],
    ),
    "what init made": (with_init((variable(MEAN, 2),), (), Y, SHORT_OLD), ["[1]"]),
    "values that init made and that were replaced": (
        with_init((stat(SHORT_NEW),), (), Y, SHORT_NEW),
        ["[1]"],
    ),
    "no reference that writes": (
        against(step((stat(OLD),), (stat(NEW),), Y, OLD), seen((Y, NEW))),
        [],
    ),
    "a reference that changes nothing": (
        against(step((), (), Y, OLD), step((stat(NEW),), (stat(NEW),), Y, NEW)),
        [],
    ),
    "a reference whose old values aren't known": (
        against(step((), (), Y, OLD), step((UNKNOWN,), (stat(NEW),), Y, NEW)),
        [],
    ),
    "a reference whose new values aren't known": (
        against(step((), (), Y, OLD), step((stat(OLD),), (UNKNOWN,), Y, NEW)),
        [],
    ),
    "an axis more": (
        against(step((stat(OLD),), (stat(NEW),), Y, numbers(0, 0, 0, shape=(1, 3)))),
        [],
    ),
}


@pytest.mark.parametrize(("one", "places"), DISCARDED.values(), ids=DISCARDED)
def test_old_values_at_the_place_of_new_ones_are_an_update_thrown_away(
    one: Look, places: list[str]
) -> None:
    assert [each.place for each in discarded(one)] == places


WRONG: Final = against(step((stat(OLD),), (stat(NEW),), OTHER, OLD))
BOTH: Final = against(step((stat(OLD),), (stat(NEW),), Y, OLD))
NEITHER: Final = against(step((stat(OLD),), (stat(NEW),), Y, OTHER))
RIGHT: Final = against(step((stat(OLD),), (stat(NEW),), Y, NEW))


def test_an_update_is_lost_if_no_case_shows_another_array_there() -> None:
    assert lost([BOTH, RIGHT]) == {"[1]"}
    assert lost([BOTH, NEITHER]) == set()
    assert lost([RIGHT]) == set()
    assert lost([against(seen((Y, OLD)), seen((Y, NEW)))]) == set()


def test_other_wrong_arrays_are_unaccounted_for() -> None:
    assert unaccounted(WRONG) == ("[0]",)
    assert unaccounted(NEITHER) == ("[1]",)
    assert unaccounted(BOTH) == unaccounted(RIGHT) == ()
    assert unaccounted(against(step((), (), OTHER))) == ("[0]",)


IDLE: Final = {
    "in evaluation mode": (against(step((stat(OLD),), (stat(OLD),), Y, OLD)), [MEAN]),
    "in training mode": (WRONG, []),
    "a right answer": (against(step((stat(OLD),), (stat(OLD),), Y, NEW)), []),
    "not writable": (against(step((stat(OLD),), (), Y, OLD)), []),
    "not known": (against(step((UNKNOWN,), (UNKNOWN,), Y, OLD)), []),
    "made anew": (against(step((), (stat(OLD),), Y, OLD)), []),
    "as the reference": (
        against(
            step((stat(OLD),), (stat(OLD),), Y, OLD), step((stat(NEW),), (stat(NEW),), Y, NEW)
        ),
        [],
    ),
    "of a reference that isn't known": (
        against(step((stat(OLD),), (stat(OLD),), Y, OLD), step((stat(NEW),), (UNKNOWN,), Y, NEW)),
        [],
    ),
    "of no call": (against(seen((Y, OLD))), []),
    "beside a reference without a call": (
        against(step((stat(OLD),), (stat(OLD),), Y, OLD), seen((Y, NEW))),
        [],
    ),
}


@pytest.mark.parametrize(("one", "names"), IDLE.values(), ids=IDLE)
def test_a_module_that_may_write_and_changes_nothing_is_idle(one: Look, names: list[str]) -> None:
    found = ["/".join((each.collection, *each.path)) for each in idle(one)]
    assert found == names


UPDATED: Final = {
    "another value": (step((stat(OLD),), (stat(NEW),), Y), True),
    "the same value": (step((stat(OLD),), (stat(OLD),), Y), False),
    "a new variable": (step((), (stat(NEW),), Y), False),
    "an unknown value": (step((stat(OLD),), (UNKNOWN,), Y), False),
    "a value that wasn't known": (step((UNKNOWN,), (stat(NEW),), Y), False),
    "nothing": (seen((Y,)), False),
}


@pytest.mark.parametrize(("actual", "yes"), UPDATED.values(), ids=UPDATED)
def test_a_changed_variable_was_updated(actual: Observation, *, yes: bool) -> None:
    assert updated(against(actual)) is yes


MESSAGE: Final = 'Cannot update it because collection "batch_stats" is immutable.'


def failed(message: str = MESSAGE, *, by_flax: bool = True) -> Observation:
    return seen(raised(message), roots=(root(0, raised=by_flax),))


REFUSED: Final = {
    "by apply": (against(failed()), True),
    "with other words": (against(failed("no")), False),
    "by no call of Flax": (against(failed(by_flax=False)), False),
    "before any call": (against(seen(raised(MESSAGE))), False),
    "of another collection": (against(failed(MESSAGE.replace("batch_stats", "cache"))), False),
    "no exception": (RIGHT, False),
}


@pytest.mark.parametrize(("one", "yes"), REFUSED.values(), ids=REFUSED)
def test_a_collection_that_flax_refused_to_change_is_named(one: Look, *, yes: bool) -> None:
    found = refused(one)
    assert (found is not None and found[0] == "batch_stats") is yes
