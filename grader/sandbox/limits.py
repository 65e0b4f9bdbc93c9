"""What a worker may use, and the limits that end it."""

from __future__ import annotations

import os
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

import msgspec

_GIBIBYTE: Final = 1 << 30


def _memory() -> int:
    """Two gibibytes, five times what jax and an exercise take; half of a machine that has less."""
    try:
        physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2 * _GIBIBYTE
    return max(min(2 * _GIBIBYTE, min(physical, _of_the_container()) // 2), _GIBIBYTE)


def _of_the_container() -> int:
    """Return the memory that a Linux container may use, more than any where none is set."""
    try:
        return int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 1 << 62


def _resident() -> int:
    """What is needed beside: the libraries, and room for what XLA maps for each processor."""
    return _memory() + 3 * _GIBIBYTE // 4 + (os.cpu_count() or 1) * (_GIBIBYTE // 16)


def _threads() -> int:
    """XLA starts some pools of a thread per processor."""
    return 200 + 16 * (os.cpu_count() or 1)


@unique
class Excess(StrEnum):
    """A limit that a worker was ended for."""

    MEMORY = "memory"
    THREADS = "threads"
    DISK = "disk"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of memory, threads, and bytes of scratch space.

    `memory` is what a program may have for itself; where the kernel counts that, it gets an error
    at the line that asks for more. A process that exceeds `resident` anyway is ended from outside.
    """

    memory: int = msgspec.field(default_factory=_memory)
    resident: int = msgspec.field(default_factory=_resident)
    threads: int = msgspec.field(default_factory=_threads)
    disk: int = 64 << 20
