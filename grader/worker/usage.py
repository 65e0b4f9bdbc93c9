"""What a worker uses, and which limit that is beyond.

The nursery looks at its workers from outside. Where each worker is a process of its own it looks
at itself, in a thread, which a program that means harm can keep from running.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from typing import Final, NoReturn

from grader.limits import Limits
from grader.wire import EXCESS_STATUS, Excess

try:
    import resource
except ImportError:  # there is none on Windows
    resource = None  # type: ignore[assignment]

WATCH_SECONDS: Final = 0.05
_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_SCRATCH_ENTRIES: Final = 2000
_TOO_MUCH: Final = 1 << 62
_exit: Callable[[int], NoReturn] = os._exit
_sleep = time.sleep


def excess(limits: Limits, scratch: str, pid: int | None = None) -> Excess | None:
    """Return the limit that a process is beyond, this one where there is no `pid`; else None."""
    memory, threads = memory_and_threads(pid)
    if memory > limits.memory:
        return Excess.MEMORY
    if threads > limits.threads:
        return Excess.THREADS
    return Excess.DISK if disk_use(scratch) > limits.disk else None


def memory_and_threads(pid: int | None = None) -> tuple[int, int]:
    """Return the resident size in bytes and the number of threads, 0 where it can't be told.

    Fields 20 and 24 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the name, which
    may have anything in it, ends with the last bracket.
    """
    try:
        with open(f"/proc/{pid or 'self'}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[21]) * _PAGE, int(fields[17])
    except (OSError, ValueError, IndexError):
        return (_largest_so_far(), threading.active_count()) if pid is None else (0, 0)


def _largest_so_far() -> int:
    """Return the most that this process has had; only macOS counts it in bytes."""
    return 0 if resource is None else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def disk_use(folder: str) -> int:
    """Return what lies below `folder` in bytes.

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
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError as error:
            if error.errno in {errno.ENAMETOOLONG, errno.EACCES}:
                return _TOO_MUCH
    return total


def watch_itself(limits: Limits, scratch: str) -> None:
    """Have a thread end this process, with a status that tells why, when it is beyond a limit."""

    def watch() -> None:
        while True:
            found = excess(limits, scratch)
            if found is not None:
                _exit(EXCESS_STATUS[found])
            _sleep(WATCH_SECONDS)

    threading.Thread(target=watch, daemon=True).start()
