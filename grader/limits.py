"""What a worker may use."""

from __future__ import annotations

import os
from typing import Final

import msgspec

_GIBIBYTE: Final = 1 << 30


def _memory() -> int:
    """Three gibibytes, but half of the machine where that is less: two workers run at a time."""
    try:
        physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 3 * _GIBIBYTE
    return max(min(3 * _GIBIBYTE, physical // 2), _GIBIBYTE)


def _threads() -> int:
    """XLA starts some pools of a thread per processor."""
    return 200 + 16 * (os.cpu_count() or 1)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of resident memory, threads, and bytes of scratch space."""

    memory: int = msgspec.field(default_factory=_memory)
    threads: int = msgspec.field(default_factory=_threads)
    disk: int = 64 << 20
