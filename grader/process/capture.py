"""A worker's output: read to the end, kept up to a limit."""

from __future__ import annotations

import os
import threading
from typing import Final

_KEPT: Final = 16 * 1024
"""Bytes; the rest is read and dropped."""


class Capture:
    """Reads a pipe in its own thread, so that a flood blocks neither the worker nor us."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._kept = bytearray()
        self.truncated = False
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while True:
            try:
                part = os.read(self._fd, 1 << 16)
            except OSError:
                return
            if not part:
                os.close(self._fd)
                return
            room = _KEPT - len(self._kept)
            self._kept += part[:room]
            self.truncated |= len(part) > room

    def text(self) -> str:
        """Wait for the end of the pipe, and return the text that was kept."""
        self._thread.join(timeout=2)
        return bytes(self._kept).decode("utf-8", errors="replace")
