"""The types that kernels share, and how one says that it isn't made for its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

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
    """How many operations a run may still take: a long loop is faster when it is compiled.

    `underflows` says that the operation that runs has made something too small.
    """

    __slots__ = ("left", "underflows")

    def __init__(self, left: int) -> None:
        self.left = left
        self.underflows = False

    def spend(self, steps: int) -> None:
        """Take so many; `Unsupported` if there are fewer."""
        self.left -= steps
        if self.left < 0:
            raise Unsupported

    def note_underflow(self, *_: object) -> None:
        """Remember that a result may be too small; NumPy calls this (`numpy.seterrcall`)."""
        self.underflows = True

    def flush(self, results: Sequence[Array]) -> Sequence[Array]:
        """Return the results of the operation that was noted, and forget the note."""
        self.underflows = False
        return [flushed(each) for each in results]


def flushed(array: Array) -> Array:
    """Make zeros, with their signs, of what is too small to be normal, as XLA does on the CPU."""
    if array.dtype.kind != "f":
        return array
    small = np.abs(array) < np.finfo(array.dtype).tiny
    return np.where(small, np.copysign(array.dtype.type(0), array), array)
