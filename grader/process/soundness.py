"""Whether a real worker could have sent an answer, beyond what its type guarantees."""

from __future__ import annotations

import math
import re
from typing import Final, assert_never

import msgspec
import numpy as np

from grader.model.case import ArrayValue
from grader.model.observation import (
    Axes,
    AxisTree,
    Completed,
    Deny,
    LiftedCall,
    MappingResult,
    NameFilter,
    Observation,
    OpaqueResult,
    OversizedResult,
    Result,
    SequenceResult,
)

_SIZES: Final = {np.dtype(kind).name: np.dtype(kind).itemsize for kind in "?bBhHiIlLqQefdgFDG"}
_ANOTHER_TYPE: Final = re.compile(r"(bfloat|float|u?int)\d\w{0,20}")
"""Such as ml_dtypes has. NumPy reads more than names as a dtype, so not any text will do."""
_MOST_AXES: Final = 64


_DEEPEST: Final = 24
"""Levels of nested containers. A worker stops at half of that; the judge recurses into them."""
_LARGEST_RECORD: Final = 2 << 20
_LARGEST_RUN: Final = 64 << 20
"""Bytes of a call's record, and of those of all calls of a process, as they are sent. A record of
a hundred kilobytes is a long one. The judge keeps them all, in ten times the space, and compares
entries with each other."""
_encoder: Final = msgspec.msgpack.Encoder()


class Ledger:
    """How much a process has sent so far."""

    def __init__(self) -> None:
        self._told = 0

    def admits(self, observation: Observation) -> bool:
        """Whether an observation is sound and within the limits; counts it."""
        size = len(_encoder.encode(observation.record))
        self._told += size
        return size <= _LARGEST_RECORD and self._told <= _LARGEST_RUN and is_sound(observation)


def is_sound(observation: Observation) -> bool:
    """Whether types, shapes and bytes of arrays fit together, and nothing is nested too deeply."""
    outcome = observation.outcome
    return (not isinstance(outcome, Completed) or _is_result(outcome.result, _DEEPEST)) and all(
        map(_is_call, observation.record.lifted)
    )


def _is_result(result: Result, levels: int) -> bool:
    match result:
        case ArrayValue():
            return _is_array(result)
        case OversizedResult():
            return min(result.shape, default=0) >= 0
        case SequenceResult():
            return levels > 0 and all(_is_result(each, levels - 1) for each in result.items)
        case MappingResult():
            items = result.items.values()
            return levels > 0 and all(_is_result(each, levels - 1) for each in items)
        case OpaqueResult():
            return True
    assert_never(result)


def _is_array(value: ArrayValue) -> bool:
    if len(value.shape) > _MOST_AXES or min(value.shape, default=0) < 0:
        return False
    count, room = math.prod(value.shape), len(value.data)
    if value.dtype in _SIZES:
        return room == count * _SIZES[value.dtype]
    named = _ANOTHER_TYPE.fullmatch(value.dtype) is not None
    return named and (room % count == 0 if count else room == 0)


def _is_call(call: LiftedCall) -> bool:
    filters = [each.filter for each in call.variable_axes]
    filters += [each.filter for each in call.split_rngs]
    return (
        _is_tree(call.in_axes, _DEEPEST)
        and _is_tree(call.out_axes, _DEEPEST)
        and all(_is_filter(each, _DEEPEST) for each in filters)
    )


def _is_tree(axes: Axes, levels: int) -> bool:
    if isinstance(axes, AxisTree):
        return levels > 0 and all(_is_tree(each, levels - 1) for each in axes.items)
    return True


def _is_filter(given: NameFilter, levels: int) -> bool:
    return not isinstance(given, Deny) or (levels > 0 and _is_filter(given.names, levels - 1))
