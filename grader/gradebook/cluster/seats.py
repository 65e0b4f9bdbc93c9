"""Which worker grades what, and what a worker's end says about the submissions that it had.

No worker gets more than its threads can do at once, so what a worker had, it was grading. What
was graded while a worker ended is tried once more, in a worker that has nothing else to do: if
that ends as well, no other submission can have been the cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

_Item = TypeVar("_Item")

DEATHS: Final = 2
"""So many workers may end while they grade a submission; then it isn't graded again."""


class _Worker(Generic[_Item]):
    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.has: dict[str, _Item] = {}
        self.alone = False

    def takes(self, *, alone: bool) -> bool:
        return not self.has if alone else not self.alone and len(self.has) < self.threads


class Seats(Generic[_Item]):
    """The workers, and what each of them has; items have a key for each time they are graded."""

    def __init__(self) -> None:
        self._workers: dict[str, _Worker[_Item]] = {}
        self._at: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._workers)

    def join(self, worker: str, threads: int) -> None:
        """Take in a worker; one that is known stays as it is."""
        self._workers.setdefault(worker, _Worker(max(threads, 1)))

    def leave(self, worker: str) -> Sequence[tuple[str, _Item]]:
        """Forget a worker, and return what it had."""
        gone = self._workers.pop(worker, None)
        lost = list(gone.has.items()) if gone is not None else []
        for key, _ in lost:
            del self._at[key]
        return lost

    def free(self, *, alone: bool = False) -> str | None:
        """Return a worker that can take one more, the one with the least to do; or None."""
        free = [name for name, each in self._workers.items() if each.takes(alone=alone)]
        return min(free, key=lambda name: len(self._workers[name].has), default=None)

    def sit(self, key: str, item: _Item, worker: str, *, alone: bool = False) -> None:
        """Have a worker grade an item."""
        self._workers[worker].has[key] = item
        self._workers[worker].alone = alone
        self._at[key] = worker

    def rise(self, key: str) -> tuple[str, _Item] | None:
        """End an item's grading, and return who had it; None if nobody has it any more."""
        worker = self._at.pop(key, None)
        if worker is None:
            return None
        own = self._workers[worker]
        own.alone = False
        return worker, own.has.pop(key)
