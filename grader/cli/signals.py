"""Signals that ask the program to end, taken as Ctrl-C is: what is finished gets written."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Final

_ENDING: Final = ("SIGTERM", "SIGHUP")


@contextlib.contextmanager
def taken_as_interrupts() -> Iterator[None]:
    """Raise `KeyboardInterrupt` for them; one that is ignored, as under nohup, stays ignored."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in _known():
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _known() -> tuple[signal.Signals, ...]:
    return tuple(signal.Signals[name] for name in _ENDING if name in signal.Signals.__members__)
