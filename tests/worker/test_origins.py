"""Objects are remembered by identity, and not kept alive."""

from __future__ import annotations

import gc
import weakref

import jax

from grader.worker.origins import Origins


def test_equal_keys_are_distinguished() -> None:
    origins, one, other = Origins(), jax.random.PRNGKey(1), jax.random.PRNGKey(1)
    origins.note(one, 3)
    assert (origins.of(one), origins.of(other)) == (3, None)


def test_nothing_is_kept_alive() -> None:
    origins, key = Origins(), jax.random.PRNGKey(1)
    origins.note(key, 3)
    alive = weakref.ref(key)
    del key
    gc.collect()
    assert alive() is None


def test_only_arrays_are_remembered() -> None:
    origins, seed = Origins(), 1234567
    origins.note(seed, 3)
    assert origins.of(seed) is None
