"""Products of matrices."""

from __future__ import annotations

from math import prod
from typing import Final

import numpy as np

from grader.worker.arithmetic.step import Array, Kernel, Parameters, Unsupported


def _dot_general(parameters: Parameters, left: Array, right: Array) -> Array:
    """Multiply and sum over the contracted axes; the batch axes come first in the result."""
    (left_sum, right_sum), (left_batch, right_batch) = parameters["dimension_numbers"]
    wanted = parameters["preferred_element_type"]
    if left.dtype != right.dtype or left.dtype.kind == "b":
        raise Unsupported
    if wanted is not None:
        left, right = left.astype(wanted, copy=False), right.astype(wanted, copy=False)
    left_free = _rest(left.ndim, left_sum, left_batch)
    right_free = _rest(right.ndim, right_sum, right_batch)
    batch = _sizes(left, left_batch)
    summed = prod(_sizes(left, left_sum))
    rows, columns = _sizes(left, left_free), _sizes(right, right_free)
    matrices = (
        np.transpose(left, (*left_batch, *left_free, *left_sum)).reshape(
            (*batch, prod(rows), summed)
        ),
        np.transpose(right, (*right_batch, *right_sum, *right_free)).reshape(
            (*batch, summed, prod(columns))
        ),
    )
    return np.matmul(*matrices).reshape((*batch, *rows, *columns))


def _rest(count: int, *used: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(axis for axis in range(count) if not any(axis in each for each in used))


def _sizes(array: Array, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(array.shape[axis] for axis in axes)


PRODUCTS: Final[dict[str, Kernel]] = {"dot_general": _dot_general}
