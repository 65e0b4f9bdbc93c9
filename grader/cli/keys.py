"""Single keys from the terminal, without Enter, on Unix and on Windows."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Final

UP: Final = "\x1b[A"
DOWN: Final = "\x1b[B"
PAGE_UP: Final = "\x1b[5~"
PAGE_DOWN: Final = "\x1b[6~"

_POLL_SECONDS: Final = 0.05
_CONTINUE_SECONDS: Final = 0.1
"""How long the handler of a signal may take to run once the process is continued."""
_SEQUENCE: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|.", re.DOTALL)
_WINDOWS: Final = {"H": UP, "P": DOWN, "I": PAGE_UP, "Q": PAGE_DOWN}


@contextlib.contextmanager
def single_keys(
    take: Callable[[str], None], stopped: Callable[[], None], continued: Callable[[], None]
) -> Iterator[None]:
    """Hand each key to `take`, in a separate thread, until the block ends.

    An arrow is one key, as are the constants above. Ctrl-C and Ctrl-Z keep their meaning. The
    terminal is given back as it was, also while the program is stopped; `stopped` is called before
    that and `continued` after it, both in a signal handler.
    """
    stop = threading.Event()
    read = _read_windows if sys.platform == "win32" else _read_unix
    thread = threading.Thread(target=read, args=(take, stop), daemon=True)
    with _terminal_ready(stopped, continued):
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(timeout=1)


def keys_in(text: str) -> list[str]:
    """Split what a terminal sends into keys."""
    return [re.sub("^\x1bO", "\x1b[", key) for key in _SEQUENCE.findall(text)]


def _read_windows(take: Callable[[str], None], stop: threading.Event) -> None:
    if sys.platform != "win32":
        return
    import msvcrt

    while not stop.wait(_POLL_SECONDS):
        while msvcrt.kbhit():
            key = msvcrt.getwch()
            if key in "\x00\xe0":  # the first half of a key without a letter
                key = _WINDOWS.get(msvcrt.getwch(), "")
            take(key)


def _read_unix(take: Callable[[str], None], stop: threading.Event) -> None:
    import select

    fd = sys.stdin.fileno()
    while not stop.is_set():
        readable, _, _ = select.select([fd], [], [], _POLL_SECONDS)
        if not readable:
            continue
        try:
            data = os.read(fd, 64)
        except OSError:
            data = b""
        if not data:  # the terminal is gone
            take("q")
            return
        for key in keys_in(data.decode("utf-8", errors="ignore")):
            take(key)


@contextlib.contextmanager
def _terminal_ready(stopped: Callable[[], None], continued: Callable[[], None]) -> Iterator[None]:
    """Receive keys one by one, without echo; undo it at the end and while stopped by Ctrl-Z."""
    if sys.platform == "win32":
        yield
        return
    import termios
    import tty

    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    going_on = threading.Event()

    def restore() -> None:
        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(fd, termios.TCSADRAIN, before)

    def on_stop(_number: int, _frame: object) -> None:
        stopped()
        restore()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        going_on.clear()
        os.kill(os.getpid(), signal.SIGTSTP)
        # Where no shell could continue it the system doesn't stop it either (POSIX: an orphaned
        # process group), as when it is all that a container, ssh -t or a tmux pane runs.
        if not going_on.wait(_CONTINUE_SECONDS):
            on_continue()

    def on_continue(*_: object) -> None:
        going_on.set()
        signal.signal(signal.SIGTSTP, on_stop)
        tty.setcbreak(fd)
        continued()

    tty.setcbreak(fd)
    handlers = {
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, on_stop),
        signal.SIGCONT: signal.signal(signal.SIGCONT, on_continue),
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        restore()
