"""What counts as an update that is thrown away: old numbers at the place of new ones."""

from __future__ import annotations

from typing import Final

import pytest

from grader.evidence import Look
from grader.evidence.updates import discarded, idle, lost, refused, unaccounted, updated
from grader.model.case import ArrayValue
from grader.model.observation import Observation, Root, Variable
from grader.rules.discarded_update import RULE
from tests.judge.made import case, did, evidence, look, numbers, of, raised, root, variable

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
    return did(answer, roots=(root(number, given=given, made=made),))


REFERENCE: Final = step((stat(OLD),), (stat(NEW),), Y, NEW)
MADE: Final = root(0, kind="init", forward=False, made=(stat(SHORT_OLD),))


def with_init(given: tuple[Variable, ...], made: tuple[Variable, ...], *answer: ArrayValue) -> Look:
    return look(REFERENCE, did(answer, roots=(MADE, root(1, given=given, made=made))))


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
        against(step((stat(OLD),), (stat(NEW),), Y, OLD), did((Y, NEW))),
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
    assert lost([against(did((Y, OLD)), did((Y, NEW)))]) == set()


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
        against(step((stat(OLD),), (stat(OLD),), Y, OLD), step((stat(NEW),), (stat(NEW),), Y, NEW)),
        [],
    ),
    "of a reference that isn't known": (
        against(step((stat(OLD),), (stat(OLD),), Y, OLD), step((stat(NEW),), (UNKNOWN,), Y, NEW)),
        [],
    ),
    "of no call": (against(did((Y, OLD))), []),
    "beside a reference without a call": (
        against(step((stat(OLD),), (stat(OLD),), Y, OLD), did((Y, NEW))),
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
    "nothing": (did((Y,)), False),
}


@pytest.mark.parametrize(("actual", "yes"), UPDATED.values(), ids=UPDATED)
def test_a_changed_variable_was_updated(actual: Observation, *, yes: bool) -> None:
    assert updated(against(actual)) is yes


MESSAGE: Final = 'Cannot update it because collection "batch_stats" is immutable.'


def failed(message: str = MESSAGE, *, by_flax: bool = True) -> Observation:
    return did(raised(message), roots=(root(0, raised=by_flax),))


REFUSED: Final = {
    "by apply": (against(failed()), True),
    "with other words": (against(failed("no")), False),
    "by no call of Flax": (against(failed(by_flax=False)), False),
    "before any call": (against(did(raised(MESSAGE))), False),
    "of another collection": (against(failed(MESSAGE.replace("batch_stats", "cache"))), False),
    "no exception": (RIGHT, False),
}


@pytest.mark.parametrize(("one", "yes"), REFUSED.values(), ids=REFUSED)
def test_a_collection_that_flax_refused_to_change_is_named(one: Look, *, yes: bool) -> None:
    found = refused(one)
    assert (found is not None and found[0] == "batch_stats") is yes


ELSEWHERE: Final = root(0, kind="init", forward=False, made=(stat(OLD), variable("params/w", 3)))
WEIGHTS: Final = variable("params/w", 3)


def after_init(given: tuple[Variable, ...], made: tuple[Variable, ...], *roots: Root) -> Look:
    applied = root(1, given=given, made=made)
    return look(REFERENCE, did((Y, OLD), roots=(ELSEWHERE, *roots, applied)))


SAID: Final = {
    "it was updated": (after_init((stat(OLD),), (stat(NEW),)), True, False),
    "it was never to be updated": (after_init((stat(OLD),), ()), True, True),
    "it may have been updated": (after_init((UNKNOWN,), (UNKNOWN,)), False, False),
    "something else was updated": (
        after_init((stat(OLD), variable("cache/x", 3)), (variable("cache/x", 3),)),
        True,
        True,
    ),
    "it was updated by another call": (
        after_init((UNKNOWN,), (), root(2, given=(UNKNOWN,), made=(UNKNOWN,))),
        False,
        False,
    ),
    "it was made, and the module doesn't have it": (after_init((WEIGHTS,), ()), False, True),
    "it was updated, and the module doesn't have it": (
        after_init((WEIGHTS,), (), root(2, given=(stat(OLD),), made=(stat(NEW),))),
        True,
        False,
    ),
    "nothing was seen": (look(REFERENCE, did((Y, OLD), roots=(ELSEWHERE,))), False, True),
}


@pytest.mark.parametrize(("one", "certain", "asks"), SAID.values(), ids=SAID)
def test_an_update_that_was_seen_or_never_requested_is_lost_whatever_else_is_wrong(
    one: Look, *, certain: bool, asks: bool
) -> None:
    (found,) = RULE.find(evidence([one]))
    assert found.certain is certain
    assert ("call apply with mutable" in found.help) is asks


def test_zeros_are_no_old_values_of_a_program_that_never_had_any() -> None:
    for roots in ((), (root(0, given=(WEIGHTS,), made=(WEIGHTS,)),)):
        assert not list(RULE.find(evidence([look(REFERENCE, did((Y, OLD), roots=roots))])))
    for more in ({"made": (stat(OLD),)}, {"given": (stat(OLD),)}):
        one = look(REFERENCE, did((Y, OLD), roots=(root(0, **more),)))
        assert [each.evidence["collection"] for each in RULE.find(evidence([one]))] == [
            "batch_stats"
        ]


def test_the_case_is_shown_in_which_most_is_lost() -> None:
    before, after = (tuple(stat(one, f"batch_stats/{n}") for n in "ab") for one in (OLD, NEW))
    expected = step(before, after, Y, NEW, NEW)
    less = look(expected, step(before, after, Y, OLD, NEW), case(2))
    more = look(expected, step(before, after, Y, OLD, OLD), case(3))
    (found,) = RULE.find(evidence([less, more]))
    assert found.case == more.case
    assert found.evidence["variables"] == ["batch_stats/a", "batch_stats/b"]
