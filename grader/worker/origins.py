"""Which step made an object: told by identity, since two steps may make equal keys."""

from __future__ import annotations

import weakref

from grader.worker.arrays import is_jax_array, is_key, is_tracer
from grader.worker.foreign import Foreign


class Origins:
    """Remembers objects without keeping them alive, and never confuses reused addresses."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[weakref.ref[Foreign], int]] = {}

    def note(self, value: Foreign, number: int) -> None:
        """Remember that step `number` returned `value`."""
        if not (is_jax_array(value) or is_key(value) or is_tracer(value)):
            return
        self._made[id(value)] = weakref.ref(value), number
        if len(self._made) > _MOST:
            self._made = {key: each for key, each in self._made.items() if each[0]() is not None}

    def of(self, value: Foreign) -> int | None:
        """Return the number of the step that returned this very object, None if none did."""
        found = self._made.get(id(value))
        return found[1] if found is not None and found[0]() is value else None


_MOST = 4000
"""With more objects than this, those that are gone are forgotten."""
