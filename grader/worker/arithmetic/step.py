"""The types that kernels share, and how one says that it isn't made for its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Array = Any
"""An array or a scalar of NumPy. A key array is its numbers, with one more axis of 2."""

Parameters = Mapping[str, Any]
"""A primitive's parameters, of many private classes."""

Kernel = Callable[..., Any]
"""Takes a primitive's parameters and its operands. Returns its result, or a sequence of them if
the primitive has several. It never writes into an operand."""


class Unsupported(Exception):
    """This program is for XLA after all."""


class Budget:
    """How many operations a run may still take: a long loop is faster when it is compiled."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, steps: int) -> None:
        """Take so many; `Unsupported` if there are fewer."""
        self.left -= steps
        if self.left < 0:
            raise Unsupported
