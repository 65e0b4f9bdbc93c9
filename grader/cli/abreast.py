"""Work on several things at a time, in threads that nobody waits for after giving up."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


class Abreast(Generic[_Item, _Done]):
    """Does `work` on each of `items`, in `threads` threads; calls `told` after each."""

    def __init__(
        self,
        work: Callable[[_Item], _Done],
        items: Sequence[_Item],
        *,
        threads: int,
        told: Callable[[], None],
    ) -> None:
        self._work = work
        self._told = told
        pairs: list[tuple[Future[_Done], _Item]] = [(Future(), item) for item in items]
        self._waiting = deque(pairs)
        self._results = deque(future for future, _ in pairs)
        self._threads = [
            threading.Thread(target=self._serve, daemon=True)
            for _ in range(min(threads, len(items)))
        ]
        for thread in self._threads:
            thread.start()

    def results(self, wait: Callable[[Callable[[], bool]], None]) -> Iterator[_Done]:
        """Yield the result of each item, in order; `wait` waits until its argument is true."""
        while self._results:
            wait(self._results[0].done)
            yield self._results.popleft().result()

    def give_up(self) -> tuple[_Done, ...]:
        """Start nothing more, and return the finished results that weren't yielded, in order."""
        self._waiting.clear()
        done = [each for each in self._results if each.done() and each.exception() is None]
        return tuple(each.result() for each in done)

    def join(self, seconds: float) -> None:
        """Wait for the threads to end, no longer than `seconds`."""
        limit = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(limit - time.monotonic(), 0.0))

    def _serve(self) -> None:
        while True:
            try:
                future, item = self._waiting.popleft()
            except IndexError:
                return
            self._serve_one(future, item)

    def _serve_one(self, future: Future[_Done], item: _Item) -> None:
        try:
            future.set_result(self._work(item))
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            future.set_exception(error)
        self._told()
