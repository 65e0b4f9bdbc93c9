"""Calls that leave the answer as it is, and that need numbers which a stand-in hasn't.

A program may wait for an array, as those do that take the time; it may print values as soon as they
are there, and seed what it never draws from.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Final

import jax
import numpy as np

from grader.worker.foreign import Foreign
from grader.worker.kinds import is_array

_SEEDED: Final = (random, np.random)


def waiting(arrays: Sequence[Foreign]) -> dict[str, property]:
    """Return `block_until_ready` for stand-ins, which have it where a call has arrays.

    Within `jax.vmap`, say, a call has none that could be waited for. `arrays` are the arguments.
    """
    outermost = next(each._trace for each in arrays)  # noqa: SLF001  # no other way to tell

    def ready(stand_in: Foreign) -> Callable[[], Foreign]:
        if stand_in._trace is not outermost or not is_array(stand_in):  # noqa: SLF001
            raise AttributeError("block_until_ready")
        return lambda: stand_in

    return {"block_until_ready": property(ready)}


def showing() -> dict[str, Callable[..., None]]:
    """Return a `jax.debug.print` that prints nothing: no text is made of what has no value yet."""
    original = jax.debug.print

    def show(text: str, *arguments: Foreign, **named: Foreign) -> None:
        if not all(map(_is_value, jax.tree.leaves((text, arguments, named)))):
            original(text, *arguments, **named)

    return {"print": show}


def _is_value(value: Foreign) -> bool:
    plain = type(value) in (bool, int, float, str)
    return plain or isinstance(value, jax.core.Tracer) or jax.export.is_symbolic_dim(value)


def seeding() -> list[tuple[ModuleType, dict[str, Callable[..., None]]]]:
    """Return modules, and for each a `seed` that takes a stand-in for a seed as well."""
    return [(each, {"seed": _seed(each.seed)}) for each in _SEEDED]


def _seed(original: Callable[..., None]) -> Callable[..., None]:
    def seed(*arguments: Foreign, **options: Foreign) -> None:
        if not any(isinstance(each, jax.core.Tracer) for each in arguments):
            original(*arguments, **options)

    return seed
