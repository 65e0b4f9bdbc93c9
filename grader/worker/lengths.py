"""A scan's `length` of symbolic size, of which jax makes a number.

There is none while a program is traced for every size. jax itself gets along without: it takes the
first size of what is scanned, which may be a symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from jax import export
from jax._src.lax.control_flow import loops

Size: TypeAlias = Any
"""An int, or a symbolic size."""
Infer = Callable[[Sequence[Any], Sequence[Any], Size], Size]
"""Takes what is scanned, its types and `length`; returns the number of steps."""


def inferring() -> dict[str, Infer]:
    """Return what to use in jax's module of loops, by name, while a size is symbolic.

    Nothing if this version of jax has no such function.
    """
    infer: Infer | None = getattr(loops, "_infer_scan_length", None)
    if infer is None:
        return {}

    def inferred(scanned: Sequence[Any], types: Sequence[Any], length: Size) -> Size:
        if not export.is_symbolic_dim(length):
            return infer(scanned, types, length)
        if not scanned:
            return length
        agrees = all(each.shape[:1] == (length,) for each in scanned)
        return infer(scanned, types, None if agrees else length)

    return {"_infer_scan_length": inferred}
