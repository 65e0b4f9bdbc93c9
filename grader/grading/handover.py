"""The process in which a text of a submission ran, kept for the text that fixes it.

A new process spends a fifth of a second on what the first one has done: it starts XLA, and touches
what it shares with the process that it is a copy of. The fixed text is the same person's program,
so there is nobody to protect from it. But it has to be judged as if it ran alone. So a process is
only kept if nothing in the text may last longer than a call, as a proof would doubt it.
"""

from __future__ import annotations

import threading

from grader.process.side import Side


class Handover:
    """Keeps one process at most. Use it in a `with` block; another thread can close it."""

    def __init__(self) -> None:
        self._side: Side | None = None
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Handover:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keep(self, side: Side) -> None:
        """Keep a process instead of the one before, if there is one."""
        with self._lock:
            before = side if self._closed else self._side
            self._side = None if self._closed else side
        if before is not None:
            before.end()

    def take(self) -> Side | None:
        """Return the process if it waits for a request; None if there is none."""
        with self._lock:
            side, self._side = self._side, None
        if side is None or side.is_idle():
            return side
        side.end()
        return None

    def close(self) -> None:
        """End the process, and any that is still to be kept."""
        with self._lock:
            self._closed = True
            side, self._side = self._side, None
        if side is not None:
            side.end()
