"""Cases, and programs that are observed in the test's own process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from grader.catalogue import exercises
from grader.model.case import Argument, ArrayValue, Case, Container, IntValue
from grader.model.exercise import Exercise
from grader.model.observation import Loaded, Observation
from grader.worker.recording import FAILURES
from tests.observe import observe

HEADER = """\
import functools
import sys
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

def right(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)

"""


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.failures: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.failures.append(logging.Formatter().format(record))


@pytest.fixture(autouse=True)
def hook_failures() -> Iterator[list[str]]:
    """Fail a test in which a hook of the recorder failed, unless it clears this list."""
    kept = _Kept()
    FAILURES.addHandler(kept)
    FAILURES.setLevel(logging.DEBUG)
    yield kept.failures
    FAILURES.removeHandler(kept)
    assert not kept.failures, "\n".join(kept.failures)


@pytest.fixture(scope="session")
def exercise() -> Exercise:
    """The exercise of `nn_vmap_forward(seed, x_batch, features)`."""
    return next(each.exercise for each in exercises() if each.exercise.slug == "nn-vmap-shared")


def make_case(
    seed: int = 0,
    batch: int = 3,
    in_dim: int = 4,
    features: int = 2,
    container: Container = Container.JAX,
) -> Case:
    """Make a case of that exercise, its values drawn from `seed`."""
    values = np.random.default_rng(seed).normal(size=(batch, in_dim)).astype(np.float32)
    return Case(
        arguments=(
            Argument(name="seed", value=IntValue(value=seed)),
            Argument(name="x_batch", value=ArrayValue.of(values)),
            Argument(name="features", value=IntValue(value=features)),
        ),
        sizes={"batch": batch, "in_dim": in_dim, "features": features},
        container=container,
    )


Run = Callable[..., Observation]


@pytest.fixture
def run(exercise: Exercise) -> Run:
    """Call the function that a text defines, after the imports above, on one case."""

    def run(text: str, case: Case | None = None) -> Observation:
        loaded, observations = observe(HEADER + text, exercise, [case or make_case()])
        assert loaded == Loaded(), loaded
        return observations[0]

    return run


@pytest.fixture
def run_body(run: Run) -> Run:
    """Call a function of the given body; its parameters are `seed, x_batch, features`."""

    def run_body(body: str, case: Case | None = None) -> Observation:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        return run(f"def nn_vmap_forward(seed, x_batch, features):\n{lines}\n", case)

    return run_body
