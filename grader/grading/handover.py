"""The process in which a text ran, kept for another text of the same person.

Before a new process does anything new, it starts XLA, and copies what it shares with the process
that it is forked from. The text that fixes a submission is the same person's program, so there is
nobody to protect from it; so are the labelled submissions of an exercise, and its mutants. But each
has to be judged as if it ran alone. So a process is only kept if nothing in the text may last
longer than a call, and only given a text that can't tell, as far as a proof would doubt either.
"""

from __future__ import annotations

import threading
from typing import Final

from grader.process.side import Side

_MOST_TEXTS: Final = 20
"""How many texts run in one process: jax keeps a little of each."""


class Handover:
    """Keeps one process at most. Use it in a `with` block; another thread can close it.

    It is for the text that the findings' edits make, or for any text that comes.
    """

    def __init__(self, *, for_any_text: bool = False) -> None:
        self.for_any_text = for_any_text
        self._texts = 0
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
            self._texts += 1
            full = self._closed or self._texts >= _MOST_TEXTS
            before = side if full else self._side
            self._side = None if full else side
        if before is not None:
            before.end()

    def take(self) -> Side | None:
        """Return the process if it waits for a request; None if there is none."""
        with self._lock:
            side, self._side = self._side, None
        if side is not None and side.is_idle():
            return side
        self._texts = 0
        if side is not None:
            side.end()
        return None

    def close(self) -> None:
        """End the process, and any that is still to be kept."""
        with self._lock:
            self._closed = True
            side, self._side = self._side, None
        if side is not None:
            side.end()
