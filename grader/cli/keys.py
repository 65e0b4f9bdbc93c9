"""Single keys from the terminal, without Enter, on Unix and on Windows."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Final

_POLL_SECONDS: Final = 0.05


@contextlib.contextmanager
def single_keys(take: Callable[[str], None]) -> Iterator[None]:
    """Hand each key to `take`, in a thread of its own, for as long as the block runs.

    Ctrl-C and Ctrl-Z keep their meaning. The terminal is given back as it was, also while the
    program is stopped.
    """
    stop = threading.Event()
    read = _read_windows if sys.platform == "win32" else _read_unix
    thread = threading.Thread(target=read, args=(take, stop), daemon=True)
    with _terminal_ready():
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(timeout=1)


def _read_windows(take: Callable[[str], None], stop: threading.Event) -> None:
    if sys.platform != "win32":
        return
    import msvcrt

    while not stop.wait(_POLL_SECONDS):
        while msvcrt.kbhit():
            key = msvcrt.getwch()
            if key in "\x00\xe0":  # the first half of a function key
                msvcrt.getwch()
            else:
                take(key)


def _read_unix(take: Callable[[str], None], stop: threading.Event) -> None:
    import select

    fd = sys.stdin.fileno()
    while not stop.is_set():
        readable, _, _ = select.select([fd], [], [], _POLL_SECONDS)
        if not readable:
            continue
        data = os.read(fd, 64)
        if not data:  # the terminal is gone
            take("q")
            return
        if data.startswith(b"\x1b") and len(data) > 1:  # an arrow or a function key
            continue
        for key in data.decode("utf-8", errors="ignore"):
            take(key)


@contextlib.contextmanager
def _terminal_ready() -> Iterator[None]:
    """Have keys come one by one and unechoed; undo it at the end and while stopped by Ctrl-Z."""
    if sys.platform == "win32":
        yield
        return
    import termios
    import tty

    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)

    def restore() -> None:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)

    def stopped(_number: int, _frame: object) -> None:
        restore()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)

    def continued(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGTSTP, stopped)
        tty.setcbreak(fd)
        signal.raise_signal(signal.SIGWINCH)

    tty.setcbreak(fd)
    handlers = {
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, stopped),
        signal.SIGCONT: signal.signal(signal.SIGCONT, continued),
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        restore()
