"""Cases and exercises for tests that run small programs in this process."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from grader.catalogue import exercises
from grader.model.case import Argument, ArrayValue, Case, Container, IntValue
from grader.model.exercise import Exercise

CaseMaker = Callable[..., Case]


@pytest.fixture(scope="session")
def exercise() -> Exercise:
    """The first exercise."""
    return exercises()[0].exercise


@pytest.fixture(scope="session")
def make_case(exercise: Exercise) -> CaseMaker:
    """Make a case of given sizes, its values all different."""

    def make(
        *sizes: int, seed: int = 7, container: Container = Container.JAX, shift: int = 0
    ) -> Case:
        names = [each.name for each in exercise.dimensions]
        batch, in_dim, features = sizes
        values = (np.arange(batch * in_dim, dtype=np.float32) + 1 + shift).reshape(batch, in_dim)
        arguments = (
            Argument(name="seed", value=IntValue(value=seed)),
            Argument(name="x_batch", value=ArrayValue.of(values / 4)),
            Argument(name="features", value=IntValue(value=features)),
        )
        sized = dict(zip(names, sizes, strict=True))
        return Case(arguments=arguments, sizes=sized, container=container)

    return make


@pytest.fixture(scope="session")
def telling(make_case: CaseMaker) -> tuple[Case, ...]:
    """A few cases on which every mistake shows: two seeds, two feature counts, NumPy, a repeat."""
    return (
        make_case(3, 4, 2),
        make_case(3, 4, 2, seed=0),
        make_case(3, 4, 2, shift=5),
        make_case(3, 4, 5),
        make_case(3, 4, 2, container=Container.NUMPY),
        make_case(3, 4, 2),
    )


@pytest.fixture(scope="session")
def forward(exercise: Exercise) -> Exercise:
    """The exercise under the function's name that the rules' example programs use."""
    return msgspec.structs.replace(exercise, function="forward")
