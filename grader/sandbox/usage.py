"""What a process uses, seen from outside, and which limit it exceeds.

Whatever starts workers watches them: a process can't be trusted to watch itself.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections import deque
from pathlib import Path
from typing import Final

from grader.sandbox.limits import Excess, Limits
from grader.sandbox.policy import Protection

WATCH_SECONDS: Final = 0.05
_SCRATCH_ENTRIES: Final = 2000
_TOO_MUCH: Final = 1 << 62
_BLOCK: Final = 512
"""Bytes that `st_blocks` counts in, whatever the file system's own blocks are."""
_LATELY: Final = 1.0
"""Seconds over which growth is looked at."""
_MUCH: Final = 1 / 4
"""Part of the limit that a process which is growing has at least."""
_FAST: Final = 1 / 32
"""Part of the limit that it has taken lately, at least."""


def available() -> Protection:
    """Return what can be counted here, shown by what this process itself uses."""
    memory, _ = memory_and_threads(os.getpid())
    tables = ", tables of pages" if sys.platform == "linux" else ""
    counted = f"memory{tables}, threads, disk, every {WATCH_SECONDS * 1000:.0f} ms"
    detail = counted if memory else "this system doesn't report what a process uses"
    return Protection(name="watch", active=memory > 0, detail=detail)


class Watch:
    """Checks one process repeatedly; `pid` must not have been reaped."""

    def __init__(self, limits: Limits, scratch: str, pid: int) -> None:
        self._limits = limits
        self._scratch = scratch
        self._pid = pid
        self._seen: deque[tuple[float, int]] = deque()

    def look(self) -> Excess | None:
        """Return the limit that the process exceeds, if any."""
        memory, threads = memory_and_threads(self._pid)
        self._remember(time.monotonic(), memory)
        if memory > self._limits.resident:
            return Excess.MEMORY
        if threads > self._limits.threads:
            return Excess.THREADS
        return Excess.DISK if disk_use(self._scratch) > self._limits.disk else None

    def growing(self) -> int:
        """Return the resident bytes of a process that lately took more and more, else 0.

        One that is ended for its time may be on its way to its memory's limit, on a slow machine.
        """
        if not self._seen:
            return 0
        (_, before), (_, now) = self._seen[0], self._seen[-1]
        limit = self._limits.memory
        return now if now > limit * _MUCH and now - before > limit * _FAST else 0

    def _remember(self, at: float, memory: int) -> None:
        self._seen.append((at, memory))
        while self._seen[0][0] < at - _LATELY:
            self._seen.popleft()


def memory_and_threads(pid: int) -> tuple[int, int]:
    """Return the memory in bytes and the number of threads, 0 where they can't be told."""
    if sys.platform == "linux":
        return _from_proc(pid)
    import psutil

    try:
        process = psutil.Process(pid)
        with process.oneshot():
            return process.memory_info().rss, process.num_threads()
    except (psutil.Error, OSError):
        return 0, 0


_MEMORY: Final = frozenset({"VmRSS", "VmSwap", "VmPTE", "HugetlbPages"})
"""What a process has the machine keep for it: resident pages, those that were swapped out, the
tables of all its pages, and huge pages. They count for nothing in each other."""


def _from_proc(pid: int) -> tuple[int, int]:
    """Read lines such as `VmRSS:    2004 kB`.

    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        fields = dict(line.partition(":")[::2] for line in text.splitlines())
        memory = sum(int(fields[name].split()[0]) for name in _MEMORY & fields.keys())
        return memory << 10, int(fields.get("Threads", "0"))
    except (OSError, ValueError, IndexError):
        return 0, 0


def disk_use(folder: str) -> int:
    """Return what lies below `folder` in bytes: what is there to be read, or what is taken for it.

    A file may be longer than what is written of it, or have room behind its end.

    Very many entries, and folders that can't be looked into, count as more than any limit.
    """
    total = entries = 0
    pending = [folder]
    while pending:
        try:
            with os.scandir(pending.pop()) as found:
                for entry in found:
                    entries += 1
                    if entries > _SCRATCH_ENTRIES:
                        return _TOO_MUCH
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        total += _size(entry.stat(follow_symlinks=False))
        except OSError as error:
            if error.errno in {errno.ENAMETOOLONG, errno.EACCES}:
                return _TOO_MUCH
    return total


def _size(status: os.stat_result) -> int:
    taken = getattr(status, "st_blocks", 0) * _BLOCK  # Windows doesn't tell
    return max(status.st_size, taken)
