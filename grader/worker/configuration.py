"""JAX settings that change what a program computes, or make it raise."""

from __future__ import annotations

import operator
from contextlib import suppress
from enum import Enum

import jax

from grader.model.observation import Configured
from grader.worker.foreign import clean

WATCHED = (
    "jax_default_prng_impl",
    "jax_threefry_partitionable",
    "jax_random_seed_offset",
    "jax_enable_custom_prng",
    "jax_legacy_prng_key",
    "jax_debug_key_reuse",
    "jax_enable_x64",
    "jax_default_matmul_precision",
    "jax_numpy_dtype_promotion",
    "jax_numpy_rank_promotion",
    "jax_disable_jit",
    "jax_debug_nans",
    "jax_debug_infs",
    "jax_check_tracer_leaks",
    "jax_transfer_guard",
    "jax_platforms",
)
_config = jax.config


class Configuration:
    """Notes the settings that have changed since the program was loaded.

    A context manager can set one temporarily, so they are read when they matter: when a key is made
    and when Flax is entered.
    """

    def __init__(self) -> None:
        self._usual = _values()
        self._raw = _raw_values()
        self._found: dict[str, str] = {}

    def begin(self) -> None:
        """Forget what an earlier call set."""
        self._found = {}

    def note(self) -> tuple[Configured, ...]:
        """Return the settings that are in force now; of several values, the first one counts."""
        if not self._found and all(map(operator.is_, _raw_values(), self._raw)):
            return ()
        values = _values().items()
        now = {name: value for name, value in values if value != self._usual.get(name)}
        self._found = now | self._found
        return self._told(now)

    def changed(self) -> tuple[Configured, ...]:
        """Return the settings that were in force at any time."""
        return self._told(self._found)

    def _told(self, values: dict[str, str]) -> tuple[Configured, ...]:
        return tuple(
            Configured(name=name, value=value, usual=self._usual.get(name, ""))
            for name, value in sorted(values.items())
        )


def _raw_values() -> list[object]:
    return [getattr(_config, name, None) for name in WATCHED]


def _values() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in WATCHED:
        with suppress(Exception):  # this version of jax doesn't have it
            found[name] = _text(getattr(_config, name))
    return found


def _text(value: object) -> str:
    return clean(str(value.value if isinstance(value, Enum) else value), 80)
