"""The sizes and numbers that drawn cases meet: each size, a far one, numbers of an interval."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import pytest

from grader.catalogue import exercises
from grader.model.case import ArrayValue, Case, FloatValue, IntValue
from grader.model.exercise import (
    Array,
    Arrays,
    Choice,
    Dict,
    Dimension,
    Exercise,
    Flag,
    Number,
    Size,
)
from grader.search.cases import Plan, plan
from grader.search.coverage import covering_sizes, far_sizes
from grader.search.plan import covering, traced_sizes

ALL = [each.exercise for each in exercises()]
SHARED = next(each for each in ALL if each.level == 1)


@cache
def planned(exercise: Exercise, seed: int) -> Plan:
    return plan(exercise, count=100, seed=seed)


def every(made: Plan) -> tuple[Case, ...]:
    return (*made.discriminating, *made.edges, *made.rest)


def with_largest(exercise: Exercise, largest: int) -> Exercise:
    dimensions = tuple(
        msgspec.structs.replace(each, largest=largest) for each in exercise.dimensions
    )
    return msgspec.structs.replace(exercise, dimensions=dimensions)


@pytest.mark.parametrize("exercise", ALL, ids=lambda each: each.slug)
@pytest.mark.parametrize("seed", [0, pytest.param(77, marks=pytest.mark.slow)])
def test_each_size_of_each_dimension_is_met(exercise: Exercise, seed: int) -> None:
    sizes = [case.sizes for case in every(planned(exercise, seed))]
    for dimension in exercise.dimensions:
        expected = {*range(1, dimension.largest + 1), *({dimension.far} - {0})}
        assert {each[dimension.name] for each in sizes} == expected


@pytest.mark.parametrize("exercise", ALL, ids=lambda each: each.slug)
def test_a_part_of_the_cases_meets_what_all_meet(exercise: Exercise) -> None:
    rest = planned(exercise, 0).rest
    few = [*covering(rest, exercise)]
    assert len(few) < len(rest) / 4
    for dimension in exercise.dimensions:
        sizes = [{case.sizes[dimension.name] for case in some} for some in (few, rest)]
        assert sizes[0] == sizes[1]
    assert {case.container for case in few} == {case.container for case in rest}


def test_a_part_of_the_cases_has_each_choice_and_leaves_out_what_may_be() -> None:
    added = (
        Choice(name="mode", choices=("sum", "mean", "max")),
        Flag(name="flag"),
        Number(name="rate", choices=(0.25, 0.5)),
    )
    names = tuple(each.name for each in added)
    parameters = (*SHARED.parameters, *added)
    exercise = msgspec.structs.replace(SHARED, parameters=parameters, optional=names)
    cases = planned(exercise, 0).rest
    few = [*covering(cases, exercise)]
    assert len(few) < len(cases) / 3
    for name, values in zip(names, (4, 3, 3), strict=True):
        assert len({case.given(name) for case in few}) == values


@pytest.mark.parametrize("exercise", ALL, ids=lambda each: each.slug)
@pytest.mark.parametrize("seed", range(5))
def test_larger_sizes_are_equal_once(exercise: Exercise, seed: int) -> None:
    drawn = covering_sizes(exercise, traced_sizes(exercise), seed)
    assert any(len(set(sizes.values())) == 1 and max(sizes.values()) > 3 for sizes in drawn)


@pytest.mark.parametrize("exercise", ALL, ids=lambda each: each.slug)
def test_the_first_input_comes_again_in_another_shape(exercise: Exercise) -> None:
    made = planned(exercise, 0)
    first = made.discriminating[0]

    def differ(case: Case) -> set[str]:
        pairs = zip(first.arguments, case.arguments, strict=True)
        return {one.name for one, other in pairs if one.value != other.value}

    def is_reshaped(case: Case, name: str) -> bool:
        one, other = first[name], case[name]
        assert isinstance(one, ArrayValue)
        assert isinstance(other, ArrayValue)
        return one.data == other.data and one.shape != other.shape

    arrays = [each.name for each in exercise.parameters if isinstance(each, Array)]
    again = [case for case in made.rest if any(is_reshaped(case, name) for name in arrays)]
    assert len(again) == 1
    holders = (Array, Arrays, Dict)
    assert differ(again[0]) <= {
        each.name for each in exercise.parameters if isinstance(each, holders)
    }
    assert all(
        again[0][each.name] == IntValue(value=again[0].sizes[each.name])
        for each in exercise.parameters
        if isinstance(each, Size)
    )


@pytest.mark.parametrize("largest", [1, 2, 3, 200])
def test_few_shapes_cover_dimensions_of_any_size(largest: int) -> None:
    exercise = with_largest(SHARED, largest)
    drawn = covering_sizes(exercise, traced_sizes(exercise), seed=0)
    weights = {(sizes["in_dim"], sizes["features"]) for sizes in drawn}
    assert 1 <= len(drawn) <= 10
    assert len(weights) <= 5
    assert all(1 <= size <= largest for sizes in drawn for size in sizes.values())


def test_sizes_are_drawn_where_no_array_has_two_axes() -> None:
    dimensions = (Dimension(name="batch", noun="the batch", largest=12),)
    parameters = (Array(name="x", shape=("batch",)),)
    exercise = msgspec.structs.replace(SHARED, dimensions=dimensions, parameters=parameters)
    drawn = covering_sizes(exercise, traced_sizes(exercise), seed=0)
    assert {sizes["batch"] for sizes in drawn} == set(range(1, 12)) - {1, 3}


def test_sizes_far_above_the_usual_are_the_declared_ones() -> None:
    assert far_sizes(SHARED) == {"batch": 100, "in_dim": 4, "features": 2}
    near = tuple(msgspec.structs.replace(each, far=0) for each in SHARED.dimensions)
    assert far_sizes(msgspec.structs.replace(SHARED, dimensions=near)) is None


# ---------------------------------------------------------------------------------------- values


def numbers_of(cases: tuple[Case, ...]) -> set[float]:
    values = [each.value for case in cases for each in case.arguments]
    return {each.value for each in values if isinstance(each, FloatValue)}


def test_numbers_come_from_the_whole_interval_also_before_a_proof() -> None:
    exercise = next(each for each in ALL if any(isinstance(p, Number) for p in each.parameters))
    number = next(each for each in exercise.parameters if isinstance(each, Number))
    assert number.interval is not None
    made = planned(exercise, 0)
    drawn = numbers_of(every(made))
    assert all(number.interval[0] <= each <= number.interval[1] for each in drawn)
    assert set(number.choices) < drawn
    for part in (made.discriminating, made.edges):
        assert {each for each in numbers_of(part) if round(each, 1) != each}
    assert all(round(each, 5) != each for each in drawn - set(number.choices))


def test_numbers_without_an_interval_use_the_choices() -> None:
    number = Number(name="rate", choices=(0.5, 0.25))
    exercise = msgspec.structs.replace(SHARED, parameters=(*SHARED.parameters, number))
    assert numbers_of(every(planned(exercise, 0))) == {0.5, 0.25}


def first_arrays(exercise: Exercise) -> list[np.ndarray]:
    values = [case.arguments[1].value for case in every(planned(exercise, 0))]
    return [each.numpy() for each in values if isinstance(each, ArrayValue)]


def with_array(**fields: float | bool) -> Exercise:
    parameters = tuple(
        msgspec.structs.replace(each, **fields) if isinstance(each, Array) else each
        for each in SHARED.parameters
    )
    return msgspec.structs.replace(SHARED, parameters=parameters)


def test_numbers_that_are_not_finite_are_drawn_where_the_task_has_them() -> None:
    arrays = first_arrays(with_array(non_finite=True))
    assert any(np.isnan(each).any() for each in arrays)
    assert any(np.isposinf(each).any() for each in arrays)
    assert any(np.isneginf(each).any() for each in arrays)
    assert sum(np.isfinite(each).all() for each in arrays) > len(arrays) / 4


@pytest.mark.parametrize(
    ("largest_scale", "smallest", "largest"), [(2.0**100, 1e-31, 1e31), (2.0**20, 1e-7, 1e7)]
)
def test_numbers_are_finite_and_scaled_as_declared(
    largest_scale: float, smallest: float, largest: float
) -> None:
    arrays = first_arrays(with_array(largest_scale=largest_scale))
    found = np.abs(np.concatenate([each.ravel() for each in arrays]).astype(np.float64))
    assert np.isfinite(found).all()
    assert smallest < found[found != 0].min() < 10 * smallest
    assert largest / 10 < found.max() < largest
