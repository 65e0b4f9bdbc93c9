"""Flax's check of each key that it gets, answered from memory for keys of a kind that it has met.

Flax traces a function of `jax.random` to learn what a key looks like, six times in a small program:
a tenth of the time that it takes. The answer depends on three facts, and never changes.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
from flax.core import scope

Check = Callable[[object], bool]


def remember_key_checks() -> None:
    """Let Flax remember, in this process and in its forks.

    Does nothing if this version of Flax has no such check.
    """
    check: Check | None = getattr(scope, "_is_valid_rng", None)
    if check is not None:
        scope._is_valid_rng = _remembering(check)  # noqa: SLF001  # there is no public hook


def _remembering(check: Check) -> Check:
    known: dict[object, bool] = {}

    def is_valid(key: object) -> bool:
        if not isinstance(key, jax.Array):
            return check(key)
        kind = key.shape, key.dtype, jax.config.jax_default_prng_impl
        if kind not in known:
            known[kind] = check(key)
        return known[kind]

    return is_valid
