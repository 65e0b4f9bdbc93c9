"""Operations that move elements, and calculate nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from grader.worker.arithmetic.step import Array, Kernel, Parameters, Unsupported


def _same(_: Parameters, operand: Array) -> Array:
    return operand


def _broadcast_in_dim(parameters: Parameters, operand: Array) -> Array:
    shape = parameters["shape"]
    aligned = [1] * len(shape)
    for axis, size in zip(parameters["broadcast_dimensions"], np.shape(operand), strict=True):
        aligned[axis] = size
    return np.broadcast_to(np.reshape(operand, aligned), shape)


def _reshape(parameters: Parameters, operand: Array) -> Array:
    if parameters["dimensions"] is not None:
        raise Unsupported
    return np.reshape(operand, parameters["new_sizes"])


def _squeeze(parameters: Parameters, operand: Array) -> Array:
    return np.squeeze(operand, parameters["dimensions"])


def _transpose(parameters: Parameters, operand: Array) -> Array:
    return np.transpose(operand, parameters["permutation"])


def _rev(parameters: Parameters, operand: Array) -> Array:
    return np.flip(operand, parameters["dimensions"])


def _concatenate(parameters: Parameters, *operands: Array) -> Array:
    return np.concatenate(operands, parameters["dimension"])


def _stack(parameters: Parameters, *operands: Array) -> Array:
    return np.stack(operands, parameters["axis"])


def _unstack(parameters: Parameters, operand: Array) -> Sequence[Array]:
    return list(np.moveaxis(operand, parameters["axis"], 0))


def _split(parameters: Parameters, operand: Array) -> Sequence[Array]:
    ends = np.cumsum(parameters["sizes"])[:-1]
    return np.split(operand, ends, parameters["axis"])


def _slice(parameters: Parameters, operand: Array) -> Array:
    strides = parameters["strides"] or (1,) * operand.ndim
    bounds = zip(parameters["start_indices"], parameters["limit_indices"], strides, strict=True)
    return operand[tuple(slice(*each) for each in bounds)]


def _pad(parameters: Parameters, operand: Array, value: Array) -> Array:
    """Add `value` before, after and between the elements; below 0, take elements away."""
    config = parameters["padding_config"]
    spread = [
        size + max(size - 1, 0) * inner
        for size, (_, _, inner) in zip(operand.shape, config, strict=True)
    ]
    padded = np.full(
        [low + size + high for size, (low, high, _) in zip(spread, config, strict=True)],
        value,
        operand.dtype,
    )
    taken, places = [], []
    for size, out, (low, _, inner) in zip(operand.shape, padded.shape, config, strict=True):
        at = low + np.arange(size) * (inner + 1)
        inside = np.flatnonzero((at >= 0) & (at < out))
        taken.append(inside)
        places.append(at[inside])
    padded[np.ix_(*places)] = operand[np.ix_(*taken)]
    return padded


def _iota(parameters: Parameters) -> Array:
    shape, axis = parameters["shape"], parameters["dimension"]
    aligned = [1] * len(shape)
    aligned[axis] = shape[axis]
    numbers = np.arange(shape[axis]).astype(parameters["dtype"])
    return np.broadcast_to(numbers.reshape(aligned), shape)


SHAPING: Final[dict[str, Kernel]] = {
    "broadcast_in_dim": _broadcast_in_dim,
    "concatenate": _concatenate,
    "copy": _same,
    "iota": _iota,
    "name": _same,
    "optimization_barrier": lambda _, *operands: operands,
    "pad": _pad,
    "reshape": _reshape,
    "rev": _rev,
    "slice": _slice,
    "split": _split,
    "squeeze": _squeeze,
    "stack": _stack,
    "stop_gradient": _same,
    "transpose": _transpose,
    "unstack": _unstack,
}

_AXES_FROM_THE_FRONT: Final = "concatenate copy rev split squeeze stack unstack"


def _unchanged(parameters: Parameters) -> Parameters:
    return parameters


KEYED: Final[dict[str, Callable[[Parameters], Parameters]]] = {
    **dict.fromkeys(_AXES_FROM_THE_FRONT.split(), _unchanged),
    "broadcast_in_dim": lambda given: {
        "shape": (*given["shape"], 2),
        "broadcast_dimensions": (*given["broadcast_dimensions"], len(given["shape"])),
    },
    "reshape": lambda given: {**given, "new_sizes": (*given["new_sizes"], 2)},
    "slice": lambda given: {
        "start_indices": (*given["start_indices"], 0),
        "limit_indices": (*given["limit_indices"], 2),
        "strides": (*(given["strides"] or (1,) * len(given["start_indices"])), 1),
    },
    "transpose": lambda given: {
        "permutation": (*given["permutation"], len(given["permutation"])),
    },
}
"""How to do the same to key arrays, which have one more axis here, at the end: what their
parameters become."""
