"""A worker's output: read to the end, kept up to a limit."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from typing import Final

_KEPT: Final = 16 * 1024
"""Bytes; the rest is read and dropped."""


class Capture:
    """Reads a pipe in its own thread, so that a flood blocks neither the worker nor us."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._kept = bytearray()
        self._ended = False
        self._turn = threading.Lock()
        self.truncated = False
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while not self._ended:
            self._ready(None)
            self._read()
        with contextlib.suppress(OSError):
            os.close(self._fd)

    def _ready(self, seconds: float | None) -> bool:
        """Wait until reading doesn't block; a pipe can't be waited for on Windows."""
        if sys.platform == "win32":
            return True
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return bool(poll.poll(None if seconds is None else seconds * 1000))

    def _read(self) -> None:
        """Keep what there is, unless another thread has just read it."""
        with self._turn:
            if self._ended or not self._ready(0):
                return
            part = b""
            with contextlib.suppress(OSError):
                part = os.read(self._fd, 1 << 16)
            self._ended = not part
            room = _KEPT - len(self._kept)
            self._kept += part[:room]
            self.truncated |= len(part) > room

    def text(self) -> str:
        """Wait for the end of the pipe, and return the text that was kept."""
        self._thread.join(timeout=2)
        return self._text()

    def so_far(self) -> str:
        """Return the text that was kept, with what is in the pipe now. Not on Windows."""
        self._read()
        with self._turn:
            return self._text()

    def _text(self) -> str:
        return bytes(self._kept).decode("utf-8", errors="replace")
