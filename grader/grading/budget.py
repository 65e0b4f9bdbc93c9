"""Work with a deadline, whatever its input: a submission may have forged its record."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

_Done = TypeVar("_Done")

_LOOK_SECONDS: Final = 0.1
_TRIES: Final = 50
"""How often to stop late work, `_LOOK_SECONDS` apart."""


class TookTooLong(Exception):
    """The work was not done within its time."""


class _Stop(SystemExit):
    """Raised in the work, which doesn't handle it as an error; a thread can end with it."""


class Budget:
    """Seconds of processor time for all pieces of work; of wall time where that is unknown.

    A busy machine alone uses nothing up.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def spend(self, work: Callable[[], _Done]) -> _Done:
        """Do `work` and return what it returns, or raise what it raises, or `TookTooLong`."""
        thread = _Stoppable(work)
        while thread.goes_on(_LOOK_SECONDS):
            if thread.spent() > self._left:
                thread.stop()
                self._left = 0.0
                raise TookTooLong
        self._left -= thread.seconds
        return thread.outcome()


class _Stoppable(Generic[_Done]):
    """Work in a separate thread that holds no locks and does nothing else.

    So an exception can be raised in it from outside: it reaches the work or nothing.
    """

    def __init__(self, work: Callable[[], _Done]) -> None:
        self._work = work
        self._found: list[_Done] = []
        self._failure: BaseException | None = None
        self._settling = threading.Lock()
        self._settled = False
        self._clock: int | None = None
        self._began = time.monotonic()
        self.seconds = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def goes_on(self, seconds: float) -> bool:
        """Wait for the end, and say whether it has not come."""
        self._thread.join(seconds)
        return self._thread.is_alive()

    def spent(self) -> float:
        """Return the seconds of processor time that it has taken so far."""
        if self._clock is None:
            return time.monotonic() - self._began
        try:
            return time.clock_gettime(self._clock)
        except OSError:  # it has just ended
            return 0.0

    def outcome(self) -> _Done:
        """Return the work's result, or raise its exception, when it has ended."""
        if self._failure is not None:
            raise self._failure
        return self._found[0]

    def stop(self) -> None:
        """End the work at its next step, also where it takes a while to come to one."""
        for _ in range(_TRIES):
            with self._settling:
                if not self._settled:
                    _raise_in(self._thread, _Stop)
            if not self.goes_on(_LOOK_SECONDS):
                return

    def _run(self) -> None:
        if sys.platform == "linux":
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
        try:
            self._try()
            with self._settling:
                self._settled = True
            _step()
        except _Stop:
            with self._settling:
                self._settled = True
        self.seconds = self.spent()

    def _try(self) -> None:
        try:
            self._found.append(self._work())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            self._failure = error


def _step() -> None:
    """Make a call, at which a pending exception is raised."""


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Raise an exception in a thread, at its next step (`PyThreadState_SetAsyncExc`)."""
    identity = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(error))
