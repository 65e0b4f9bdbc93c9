"""The scales of array arguments: as large as an exercise allows, and tiny ones always."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from grader.catalogue import exercises
from grader.model.case import ArrayValue, Case, TupleValue
from grader.model.exercise import Array, Arrays, Exercise
from grader.search.cases import largest_sizes, plan
from grader.search.coverage import reshaped_sizes


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return next(each.exercise for each in exercises() if each.exercise.level == 1)


def limited(exercise: Exercise, largest_scale: float) -> Exercise:
    """Return the exercise with a limit on every array, and a tuple of such arrays besides."""
    parameters = tuple(
        msgspec.structs.replace(each, largest_scale=largest_scale)
        if isinstance(each, Array)
        else each
        for each in exercise.parameters
    )
    items = tuple(each for each in parameters if isinstance(each, Array))
    carry = Arrays(name="carry", items=(*items, *items))
    return msgspec.structs.replace(exercise, parameters=(*parameters, carry))


def magnitudes(cases: tuple[Case, ...]) -> np.ndarray:
    arrays: list[ArrayValue] = []
    for case in cases:
        for argument in case.arguments:
            if isinstance(argument.value, ArrayValue):
                arrays.append(argument.value)
            elif isinstance(argument.value, TupleValue):
                arrays.extend(argument.value.items)
    numbers = np.abs(np.concatenate([each.numpy().ravel() for each in arrays]))
    return numbers[numbers != 0]


@pytest.mark.parametrize("largest_scale", [1.0, 2.0**7])
def test_no_element_is_larger_than_the_exercise_allows(
    exercise: Exercise, largest_scale: float
) -> None:
    rest = plan(limited(exercise, largest_scale), count=100, seed=0).rest
    ordinary = (largest_sizes(exercise), reshaped_sizes(exercise))
    drawn = tuple(each for each in rest if each.sizes not in ordinary)
    found = magnitudes(drawn)
    assert found.max() <= 3 * largest_scale
    assert found.max() > largest_scale / 2
    assert found.min() < 1e-5


def test_arrays_are_large_by_default(exercise: Exercise) -> None:
    found = magnitudes(plan(exercise, count=100, seed=0).rest)
    assert found.max() > 1e5
    assert found.min() < 1e-5
