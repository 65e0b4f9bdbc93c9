"""Waiting that can be interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


class Patience:
    """`wait` waits until its argument is true, and `told`, from any thread, makes it look again."""

    def __init__(
        self, wait: Callable[[Callable[[], bool]], None], told: Callable[[], None]
    ) -> None:
        self.wait = wait
        self.told = told

    def result(self, work: Callable[[], _Result]) -> _Result:
        """Return what `work` returns, or raise what it raises; it is left alone if interrupted."""
        future: Future[_Result] = Future()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
                future.set_exception(error)
            self.told()

        threading.Thread(target=do, daemon=True).start()
        self.wait(future.done)
        return future.result()
