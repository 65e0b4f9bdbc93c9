"""What the user requests of a grading: the options that decide what runs, and for how long."""

from __future__ import annotations

from typing import Final

import msgspec

_LOAD_SECONDS: Final = 15.0
_LEAST_LOAD_SECONDS: Final = 5.0
"""A file's imports may take this long, whatever the deadline of a case."""


class GradingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the user requests. `timeout` is the deadline of a case in seconds."""

    cases: int = 100
    seed: int = 0
    timeout: float | None = None
    prove: bool = True
    require_sandbox: bool = False

    @property
    def load_seconds(self) -> float:
        """The deadline for loading the file."""
        return _LOAD_SECONDS if self.timeout is None else max(self.timeout, _LEAST_LOAD_SECONDS)
