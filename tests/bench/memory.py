"""The memory of a command and of all processes below it, at its peak.

What several processes share counts once: each gets its part of it (PSS).
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_SECONDS: Final = 0.05
"""Between two looks. Each takes a few milliseconds."""

_MIB: Final = 1024


class Peak:
    """Looks at a process and those below it, in a `with` block; then `mib` is the most it saw."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._most = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def mib(self) -> float:
        """The peak so far."""
        return self._most / _MIB

    def _watch(self) -> None:
        while not self._ended.wait(_SECONDS):
            self._most = max(self._most, _kib_of_tree(self._pid))


def _kib_of_tree(pid: int) -> int:
    """Return the KiB of a process and all below it; of one that has ended, nothing."""
    total = 0
    with contextlib.suppress(OSError):
        total += _kib(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text(encoding="ascii")
            total += sum(_kib_of_tree(int(each)) for each in children.split())
    return total


def _kib(rollup: str) -> int:
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
