"""Reductions of axes, and running ones along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from grader.worker.arithmetic.step import Array, Kernel, Parameters, Unsupported


def _reduction(function: np.ufunc) -> Kernel:
    def reduce(parameters: Parameters, operand: Array) -> Array:
        return function.reduce(operand, axis=tuple(parameters["axes"]), dtype=operand.dtype)

    return reduce


def _running(function: np.ufunc) -> Kernel:
    def accumulate(parameters: Parameters, operand: Array) -> Array:
        axis = parameters["axis"]
        if not parameters["reverse"]:
            return function.accumulate(operand, axis, dtype=operand.dtype)
        flipped = np.flip(operand, axis)
        return np.flip(function.accumulate(flipped, axis, dtype=operand.dtype), axis)

    return accumulate


def _place(function: Callable[..., Array]) -> Kernel:
    def find(parameters: Parameters, operand: Array) -> Array:
        (axis,) = parameters["axes"]
        return function(operand, axis).astype(parameters["index_dtype"])

    return find


def _logical(function: np.ufunc) -> Kernel:
    reduce = _reduction(function)

    def checked(parameters: Parameters, operand: Array) -> Array:
        if operand.dtype.kind != "b":
            raise Unsupported
        result: Array = reduce(parameters, operand)
        return result

    return checked


REDUCING: Final[dict[str, Kernel]] = {
    "argmax": _place(np.argmax),
    "argmin": _place(np.argmin),
    "cummax": _running(np.maximum),
    "cummin": _running(np.minimum),
    "cumprod": _running(np.multiply),
    "cumsum": _running(np.add),
    "reduce_and": _logical(np.logical_and),
    "reduce_max": _reduction(np.maximum),
    "reduce_min": _reduction(np.minimum),
    "reduce_or": _logical(np.logical_or),
    "reduce_prod": _reduction(np.multiply),
    "reduce_sum": _reduction(np.add),
}
