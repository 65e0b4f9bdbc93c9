"""How long jax compiles, from its own events: lowering, and compiling or loading from the cache.

See https://docs.jax.dev/en/latest/jax.monitoring.html. A program can turn the events off, but the
time is only shown to people and doesn't affect the verdict.
"""

from __future__ import annotations

from typing import Final

import jax.monitoring

_EVENTS: Final = frozenset(
    {
        "/jax/core/compile/jaxpr_to_mlir_module_duration",
        "/jax/core/compile/backend_compile_duration",
    }
)


class CompileClock:
    """Counts how many seconds jax compiles in this process from now on."""

    def __init__(self) -> None:
        self._seconds = 0.0
        jax.monitoring.register_event_duration_secs_listener(self._count)

    def take(self) -> float:
        """Return the seconds since the last call."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds

    def _count(self, event: str, seconds: float, **_: object) -> None:
        if event in _EVENTS:
            self._seconds += seconds
