"""What has been seen so far during one call: bounded, and open until the call ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from grader.observation import BatchCall, KeyStep, LiftedCall, ModuleRun, Record, Root

MOST_ENTRIES = 200
FAILURES = logging.getLogger("grader.worker.hooks")
FAILURES.addHandler(logging.NullHandler())
FAILURES.propagate = False
_note_failure = FAILURES.debug

T = TypeVar("T")
P = ParamSpec("P")


class Tape(Generic[T]):
    """Entries in the order in which they began; each is filled in when it ends."""

    def __init__(self) -> None:
        self._entries: list[T | None] = []
        self.overflowed = False

    def open(self) -> int | None:
        """Take the next place and return its number; None when the tape is full."""
        if len(self._entries) >= MOST_ENTRIES:
            self.overflowed = True
            return None
        self._entries.append(None)
        return len(self._entries) - 1

    def close(self, number: int | None, entry: T) -> None:
        """Fill in the entry whose place `open` returned."""
        if number is not None:
            self._entries[number] = entry

    def add(self, entry: T) -> None:
        """Append an entry that begins and ends at once."""
        self.close(self.open(), entry)

    def entries(self) -> tuple[T, ...]:
        """Return the entries that have ended."""
        return tuple(entry for entry in self._entries if entry is not None)


class Nesting(threading.local):
    """What a thread is within: the numbers of the open roots, and the open runs, outermost first."""

    def __init__(self) -> None:
        self.roots: list[int | None] = []
        self.runs: list[Any] = []


class Recording:
    """The tapes of one call."""

    def __init__(self) -> None:
        self.lifted: Tape[LiftedCall] = Tape()
        self.roots: Tape[Root] = Tape()
        self.modules: Tape[ModuleRun] = Tape()
        self.keys: Tape[KeyStep] = Tape()
        self.batch_calls: Tape[BatchCall] = Tape()
        self.nesting = Nesting()
        self.bound: dict[int, tuple[object, int | None]] = {}

    def record(self, earlier: tuple[LiftedCall, ...]) -> Record:
        """Return what was seen, with the lifted calls of before that matter to it."""
        tapes = (self.lifted, self.roots, self.modules, self.keys, self.batch_calls)
        return Record(
            lifted=(*earlier, *self.lifted.entries()),
            roots=self.roots.entries(),
            modules=self.modules.entries(),
            keys=self.keys.entries(),
            batch_calls=self.batch_calls.entries(),
            truncated=any(tape.overflowed for tape in tapes),
        )


class Session:
    """Where the hooks find the recording of the call that runs now; None between calls."""

    def __init__(self) -> None:
        self.recording: Recording | None = None


def harmless(hook: Callable[P, T]) -> Callable[P, T | None]:
    """Make a hook return None where it fails: recording must never disturb what it records."""

    @wraps(hook)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return hook(*args, **kwargs)
        except Exception:  # noqa: BLE001 - the entry is lost, the learner's program goes on
            _note_failure("a hook of the recorder failed", exc_info=True)
            return None

    return guarded
