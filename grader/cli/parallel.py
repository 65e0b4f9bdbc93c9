"""Run work in several threads, without waiting for them after giving up."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")

_UNWINDING: Final = 0.5
"""Seconds that the threads of an interrupted run have to clean up."""


class Parallel(Generic[_Item, _Done]):
    """Does `work` on each of `items`, in `threads` threads; calls `told` after each.

    Results come in the order of the items, or as they end.
    """

    def __init__(
        self,
        work: Callable[[_Item], _Done],
        items: Sequence[_Item],
        *,
        threads: int,
        told: Callable[[], None],
        in_order: bool = True,
    ) -> None:
        self._work = work
        self._told = told
        pairs: list[tuple[Future[_Done], _Item]] = [(Future(), item) for item in items]
        self._waiting = deque(pairs)
        self._results = deque(future for future, _ in pairs) if in_order else None
        self._ended: deque[Future[_Done]] = deque()
        self._left = len(pairs)
        self._threads = [
            threading.Thread(target=self._serve, daemon=True)
            for _ in range(min(threads, len(items)))
        ]
        for thread in self._threads:
            thread.start()

    def results(self, wait: Callable[[Callable[[], bool]], None]) -> Iterator[_Done]:
        """Yield the result of each item; `wait` waits until its argument is true."""
        while self._left:
            if self._results is not None:
                wait(self._results[0].done)
            else:
                wait(lambda: bool(self._ended))
            self._left -= 1
            yield (self._ended if self._results is None else self._results).popleft().result()

    def give_up(self) -> tuple[_Done, ...]:
        """Start nothing more, and return the finished results that weren't yielded."""
        self._waiting.clear()
        rest = tuple(self._ended if self._results is None else self._results)
        done = [each for each in rest if each.done() and each.exception() is None]
        return tuple(each.result() for each in done)

    def abandon(self, stop: Callable[[], None]) -> tuple[_Done, ...]:
        """Give up, `stop` what the threads wait for, and leave them a moment to clean up."""
        finished = self.give_up()  # later ones end because of `stop`
        stop()
        self.join(_UNWINDING)
        return finished

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
        if self._results is None:
            self._ended.append(future)
        self._told()
