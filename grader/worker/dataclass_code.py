"""The methods of dataclasses, compiled once for all classes with the same fields.

Each lifted module is a new dataclass, and `dataclasses` compiles the text of its `__init__`, its
`__repr__` and its `__eq__`: a twentieth of the time of a small program. The text says everything
that the code depends on; defaults and types are given when it runs.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from types import CodeType
from typing import Any


def share_code() -> None:
    """Let `dataclasses` compile a text once, in this process and in its forks."""
    vars(dataclasses)["exec"] = _execute


def _execute(source: str | CodeType, *names: dict[str, Any]) -> None:
    exec(_compiled(source) if type(source) is str else source, *names)  # noqa: S102


@lru_cache(maxsize=256)
def _compiled(text: str) -> CodeType:
    return compile(text, "<string>", "exec")
