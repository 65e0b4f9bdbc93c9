"""Ctrl-C, SIGTERM and SIGHUP: a handler only notes them, and one place acts on them.

A handler that raised would do so in whatever line the main thread is at: in an import, in a
destructor, which swallows it, or in the middle of a write, which is then done twice.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

from grader.errors import Exit

_NUMBERS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_TWICE: Final = 0.3
"""Seconds within which two signals are one: a wrapper passes on what the terminal has sent."""
_SHOW_CURSOR: Final = "\x1b[?25h"


class Interrupts:
    """Whether this process was told to end, and a way to wait without missing that."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._noting = False
        self._ours: socket.socket | None = None
        self._theirs: socket.socket | None = None

    def take(self) -> dict[signal.Signals, object]:
        """Take the signals that nobody else takes; return what took them before.

        One that is ignored, as under nohup, stays ignored.
        """
        if threading.current_thread() is not threading.main_thread():
            return {}
        usual = (signal.SIG_DFL, signal.default_int_handler)
        found = [each for each in _NUMBERS if signal.getsignal(each) in usual]
        return {each: signal.signal(each, self._told) for each in found}

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Note signals in the block, for `check` and `wait`; outside of it they end the process."""
        before = self.take()
        self._first, self._noting = None, True
        try:
            with _pair() as (self._ours, self._theirs), _woken(self._theirs):
                yield
        finally:
            self._ours = self._theirs = None
            self._noting = False
            for number, handler in before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if a signal came."""
        if self._first is not None:
            raise KeyboardInterrupt

    def wait(self, ready: Callable[[], bool]) -> None:
        """Wait until `ready`; `KeyboardInterrupt` if a signal comes before. `wake` has it look.

        Within `noted`, and in its thread.
        """
        assert self._ours is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._ours, selectors.EVENT_READ)
            while True:
                self.check()
                if ready():
                    return
                selector.select()
                with contextlib.suppress(BlockingIOError):
                    self._ours.recv(4096)

    def wake(self) -> None:
        """Make the waiting thread look again; from any thread, also if nobody waits."""
        theirs = self._theirs
        with contextlib.suppress(OSError):  # full, as it has not looked yet; or closed
            if theirs is not None:
                theirs.send(b"\0")

    def _told(self, _number: int, _frame: FrameType | None) -> None:
        """Note the first signal. A second one, or one that loses nothing, ends the process."""
        now = time.monotonic()
        first, self._first = self._first, self._first or now
        if first is not None and now - first < _TWICE:
            return
        if not self._noting or first is not None:
            _leave(silently=first is not None and not self._noting)


@contextlib.contextmanager
def _pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        yield ours, theirs


@contextlib.contextmanager
def _woken(by: socket.socket) -> Iterator[None]:
    """Have a byte sent for each signal, also one that another thread of this process gets."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.set_wakeup_fd(by.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)


def _leave(*, silently: bool) -> None:
    """End this process now. Those that it started see its end of their sockets close."""
    cursor, line = (_SHOW_CURSOR, "\n") if os.isatty(2) else ("", "")
    text = cursor if silently else f"{cursor}{line}grade: interrupted\n"
    with contextlib.suppress(OSError):
        os.write(2, text.encode())
    os._exit(Exit.INTERRUPTED)


INTERRUPTS: Final = Interrupts()
