"""What was observed so far during one call: bounded, and open until the call ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from grader.model.nnx import NnxCall, NnxDraw, NnxLayer, NnxRecord, NnxStream
from grader.model.observation import (
    MOST_ENTRIES,
    BatchCall,
    Configured,
    KeyStep,
    LiftedCall,
    ModuleRun,
    Record,
    Root,
    TransformRun,
)
from grader.worker.configuration import Configuration
from grader.worker.origins import Origins

MOST_NOTED = MOST_ENTRIES // 2
FAILURES = logging.getLogger("grader.worker.hooks")
FAILURES.addHandler(logging.NullHandler())
FAILURES.propagate = False
_note_failure = FAILURES.debug

T = TypeVar("T")
P = ParamSpec("P")


class Tape(Generic[T]):
    """Entries in the order in which they started; each is filled in when it ends."""

    def __init__(self) -> None:
        self._entries: list[T | None] = []
        self.overflowed = False

    def open(self) -> int | None:
        """Take the next place and return its number; None when the tape is full."""
        if len(self._entries) >= MOST_NOTED:
            self.overflowed = True
            return None
        self._entries.append(None)
        return len(self._entries) - 1

    def close(self, number: int | None, entry: T) -> None:
        """Fill in the entry at the place that `open` returned."""
        if number is not None:
            self._entries[number] = entry

    def add(self, entry: T) -> None:
        """Append an entry that starts and ends at once."""
        self.close(self.open(), entry)

    def entries(self) -> tuple[T, ...]:
        """Return the entries that have ended."""
        return tuple(entry for entry in self._entries if entry is not None)


class Nesting(threading.local):
    """What a thread is inside: the numbers of open roots, and open runs, the outermost first.

    `makers` are the numbers of the NNX modules that are being made.
    """

    def __init__(self) -> None:
        self.roots: list[int | None] = []
        self.runs: list[Any] = []
        self.transforms: list[Any] = []
        self.makers: list[int | None] = []


class Recording:
    """The tapes of one call, or of loading the file."""

    def __init__(self, *, loading: bool = False) -> None:
        self.loading = loading
        self.incomplete = False
        self.altered = 0
        self.lifted: Tape[LiftedCall] = Tape()
        self.roots: Tape[Root] = Tape()
        self.modules: Tape[ModuleRun] = Tape()
        self.keys: Tape[KeyStep] = Tape()
        self.batch_calls: Tape[BatchCall] = Tape()
        self.transforms: Tape[TransformRun] = Tape()
        self.nnx_layers: Tape[NnxLayer] = Tape()
        self.nnx_calls: Tape[NnxCall] = Tape()
        self.nnx_streams: Tape[NnxStream] = Tape()
        self.nnx_draws: Tape[NnxDraw] = Tape()
        self.nesting = Nesting()
        self.bound: dict[int, tuple[object, int | None]] = {}

    def record(
        self,
        lifted: tuple[LiftedCall, ...],
        keys: tuple[KeyStep, ...],
        configured: tuple[Configured, ...],
    ) -> Record:
        """Return the record, starting with the earlier lifted calls and keys that matter to it."""
        nnx = (self.nnx_layers, self.nnx_calls, self.nnx_streams, self.nnx_draws)
        others = (self.batch_calls, self.transforms, *nnx)
        tapes = (self.lifted, self.roots, self.modules, self.keys, *others)
        return Record(
            lifted=(*lifted[-MOST_NOTED:], *self.lifted.entries()),
            roots=self.roots.entries(),
            modules=self.modules.entries(),
            keys=(*keys[-MOST_NOTED:], *self.keys.entries()),
            batch_calls=self.batch_calls.entries(),
            transforms=self._transform_runs(),
            configured=configured,
            nnx=self._nnx(),
            altered=self.altered,
            truncated=self.incomplete or any(tape.overflowed for tape in tapes),
        )

    def _nnx(self) -> NnxRecord:
        return NnxRecord(
            layers=self.nnx_layers.entries(),
            calls=self.nnx_calls.entries(),
            streams=self.nnx_streams.entries(),
            draws=self.nnx_draws.entries(),
        )

    def _transform_runs(self) -> tuple[TransformRun, ...]:
        """Return the runs, and the calls of which nothing ran."""
        found = self.transforms.entries()
        ran = {each.call for each in found if each.ran}
        return tuple(each for each in found if each.ran or each.call not in ran)


class Session:
    """Where the hooks find the recording of the current call; None between calls."""

    def __init__(self) -> None:
        self.recording: Recording | None = None
        self.origins = Origins()
        self.configuration = Configuration()


class _Hook(Protocol):
    _session: Session


H = TypeVar("H", bound=_Hook)


def harmless(hook: Callable[Concatenate[H, P], T]) -> Callable[Concatenate[H, P], T | None]:
    """Make a hook return None if it fails: recording must never disturb the program.

    The hook's entry is then missing, and the record says so.
    """

    @wraps(hook)
    def guarded(self: H, /, *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return hook(self, *args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever happens, the learner's program goes on
            recording = self._session.recording
            if recording is not None:
                recording.incomplete = True
            _note_failure("a hook of the recorder failed", exc_info=True)
            return None

    return guarded
