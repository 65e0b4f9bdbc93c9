"""Events in a cluster, in the order in which this process learns of them."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from distributed import Client, Future

_TOPIC: Final = "all"
"""Where Dask's scheduler says which workers come and go."""
_FETCH_SECONDS: Final = 30.0
"""For a report that is ready in a worker; if the worker ends meanwhile, there is none."""


class Joined(msgspec.Struct, frozen=True):
    """A worker is there."""

    worker: str


class Left(msgspec.Struct, frozen=True):
    """A worker is gone; `expected` if it was told to go."""

    worker: str
    expected: bool


class Answered(msgspec.Struct, frozen=True):
    """A worker has graded something."""

    key: str
    data: bytes


class Failed(msgspec.Struct, frozen=True):
    """Dask has no answer, and says why; `killed` if its worker died."""

    key: str
    why: str
    killed: bool


RUNNING: Final = "running"
"""A client's status while it is connected."""
_LOOK_SECONDS: Final = 0.5
Event = Joined | Left | Answered | Failed


class Events:
    """The events of one connection. They come from Dask's threads; `told` is called for each."""

    def __init__(self, client: Client, told: Callable[[], None]) -> None:
        self._waiting: deque[Event] = deque()
        self._told = told
        client.subscribe_topic(_TOPIC, self._hear)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def next(self) -> Event:
        """Return the oldest event, which has to be there."""
        return self._waiting.popleft()

    def follow(self, future: Future) -> None:
        """Tell when a future is done."""
        future.add_done_callback(self._done)

    def _add(self, event: Event) -> None:
        self._waiting.append(event)
        self._told()

    def _hear(self, event: tuple[float, Any]) -> None:
        _, said = event
        match said:
            case {"action": "add-worker", "worker": str(worker)}:
                self._add(Joined(worker))
            case {"action": "remove-worker", "worker": str(worker)}:
                self._add(Left(worker, bool(said.get("expected"))))

    def _done(self, future: Future) -> None:
        """Fetch a result. It is bytes, or it is nothing."""
        key = str(future.key)
        if future.cancelled():  # by us, who don't wait for it any more, or as the scheduler is lost
            self._add(Failed(key, "it was cancelled", killed=False))
            return
        try:
            data = future.result(timeout=_FETCH_SECONDS)
        except BaseException as error:  # noqa: BLE001 - also Dask's CancelledError
            killed = type(error).__name__ == "KilledWorker"
            self._add(Failed(key, f"{type(error).__name__}: {error}", killed))
            return
        if isinstance(data, bytes):
            self._add(Answered(key, data))
        else:
            self._add(Failed(key, "a worker's answer isn't bytes", killed=False))
        with contextlib.suppress(Exception):
            future.release()


@contextlib.contextmanager
def watched(client: Client, told: Callable[[], None]) -> Iterator[None]:
    """Call `told` when the connection is lost; Dask has no callback for that."""
    ended = threading.Event()

    def watch() -> None:
        while client.status == RUNNING and not ended.wait(_LOOK_SECONDS):
            pass
        told()

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
