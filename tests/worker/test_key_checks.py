"""Flax's check of keys gives the same answers from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax.core import scope

from grader.worker.key_checks import remember_key_checks

CHECK: Callable[[Any], bool] = scope._is_valid_rng
KEYS = {
    "raw": lambda: jax.random.PRNGKey(0),
    "typed": lambda: jax.random.key(0),
    "typed rbg": lambda: jax.random.key(0, impl="rbg"),
    "raw rbg": lambda: jax.random.PRNGKey(0, impl="rbg"),
    "several": lambda: jax.random.split(jax.random.key(0)),
    "several raw": lambda: jax.random.split(jax.random.PRNGKey(0)),
    "floats": lambda: jnp.ones(2),
    "NumPy's": lambda: np.zeros(2, np.uint32),
    "NumPy's floats": lambda: np.zeros(2, np.float32),
    "number": lambda: 7,
    "lazy": lambda: scope.LazyRng.create(jax.random.key(0), "layer"),
    "nothing": lambda: None,
}


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], bool]]:
    monkeypatch.setattr(scope, "_is_valid_rng", CHECK)  # puts it back
    remember_key_checks()
    yield scope._is_valid_rng


@pytest.mark.parametrize("kind", KEYS)
def test_each_kind_of_key(check: Callable[[Any], bool], kind: str) -> None:
    key = KEYS[kind]()
    assert check is not CHECK
    assert [check(key), check(key)] == [CHECK(key)] * 2


def test_the_configured_kind_of_key_counts(check: Callable[[Any], bool]) -> None:
    two, four = jnp.zeros(2, jnp.uint32), jnp.zeros(4, jnp.uint32)
    assert [check(two), check(four)] == [True, False]
    with jax.default_prng_impl("rbg"):
        assert [check(two), check(four)] == [False, True]


def test_stand_ins_of_a_trace(check: Callable[[Any], bool]) -> None:
    found = []
    for shape in ((2,), (3,)):
        jax.eval_shape(
            lambda key: found.append((check(key), CHECK(key))),
            jax.ShapeDtypeStruct(shape, jnp.uint32),
        )
    assert found == [(True, True), (False, False)]
