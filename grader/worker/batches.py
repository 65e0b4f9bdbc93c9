"""A submission's calls to transforms other than `nn.vmap` that map or loop over a batch."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType

from grader.model.observation import BatchCall
from grader.worker.foreign import Foreign
from grader.worker.places import Places
from grader.worker.recording import Session, harmless


class Batches:
    """Observes the calls to transforms."""

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places

    def observed(self, transform: str, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap one transform; `transform` is its usual name in code."""

        @functools.wraps(original)
        def wrapper(*args: Foreign, **kwargs: Foreign) -> Foreign:
            if self._session.recording is not None:
                self._note(transform, sys._getframe(1))  # noqa: SLF001
            return original(*args, **kwargs)

        return wrapper

    @harmless
    def _note(self, transform: str, frame: FrameType) -> None:
        recording = self._session.recording
        span = self._places.caller(frame)
        if recording is not None and span is not None:
            recording.batch_calls.add(BatchCall(transform=transform, span=span))
