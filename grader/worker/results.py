"""What a submission returned, as data, converted without trusting it."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
from flax.core import FrozenDict

from grader.model.case import ArrayValue
from grader.model.observation import (
    MappingResult,
    OpaqueResult,
    OversizedResult,
    Result,
    SequenceResult,
)
from grader.worker.arrays import (
    Host,
    base_view,
    element_count,
    is_jax_array,
    is_key,
    is_numeric,
    is_tracer,
    little_endian,
)
from grader.worker.foreign import Foreign, class_name, clean, describe

LARGEST_ARRAY = 4 * 2**20
LARGEST_TOTAL = 8 * 2**20
_MOST_ITEMS = 500
_DEEPEST = 12
_asarray = np.asarray


class Converter:
    """Turns one returned value into a `Result`, within limits on bytes, items and depth."""

    def __init__(self) -> None:
        self._bytes = 0
        self._items = 0

    def convert(self, value: Foreign, depth: int = 0) -> Result:
        """Return `value` as data. Raises only what reading a jax array raises."""
        self._items += 1
        if self._items > _MOST_ITEMS or depth > _DEEPEST:
            return _opaque(value, "more than is kept")
        own = base_view(value)
        if own is not None:
            return self._numpy(own, value)
        return self._jax(value) if is_jax_array(value) else self._container(value, depth)

    def _container(self, value: Foreign, depth: int) -> Result:
        cls = type(value)
        if issubclass(cls, (tuple, list)):
            base = tuple if issubclass(cls, tuple) else list
            return self._sequence(cls, base.__iter__(value), depth)
        if issubclass(cls, dict):
            return self._mapping(cls, dict.items(value), depth)
        if cls is FrozenDict:
            return self._mapping(cls, value.items(), depth)
        return _opaque(value, _describe(value))

    def _jax(self, value: Foreign) -> Result:
        if value.is_deleted():
            return _opaque(value, "an array that was deleted or donated")
        if self._too_large(value.shape, value.dtype):
            return OversizedResult(dtype=value.dtype.name, shape=tuple(value.shape))
        return self._array(_asarray(value))

    def _numpy(self, array: Host, value: Foreign) -> Result:
        if not is_numeric(array.dtype):
            return _opaque(value, f"an array of dtype {clean(str(array.dtype), 40)}")
        if self._too_large(array.shape, array.dtype):
            return OversizedResult(dtype=array.dtype.name, shape=array.shape)
        return self._array(array)

    def _array(self, array: Host) -> Result:
        self._bytes += array.nbytes
        return ArrayValue.of(little_endian(array))

    def _too_large(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> bool:
        size = element_count(shape) * dtype.itemsize
        return size > LARGEST_ARRAY or self._bytes + size > LARGEST_TOTAL

    def _sequence(self, cls: type, items: Foreign, depth: int) -> Result:
        found = []
        for item in items:
            found.append(self.convert(item, depth + 1))
            if self._items > _MOST_ITEMS:
                break
        return SequenceResult(type_name=class_name(cls), items=tuple(found))

    def _mapping(self, cls: type, items: Foreign, depth: int) -> Result:
        found: dict[str, Result] = {}
        for key, item in items:
            found[_key_text(key)] = self.convert(item, depth + 1)
            if self._items > _MOST_ITEMS:
                break
        return MappingResult(type_name=class_name(cls), items=found)


def _key_text(key: Foreign) -> str:
    return clean(key, 80) if type(key) is str else describe(key, 80)


def _opaque(value: Foreign, text: str) -> OpaqueResult:
    return OpaqueResult(type_name=class_name(type(value)), text=text)


def _describe(value: Foreign) -> str:
    if is_key(value):
        return "a PRNG key"
    if is_tracer(value):
        return "a tracer that leaked out of a transformation"
    if type(value) is types.CoroutineType:
        value.close()  # otherwise Python warns that it was never awaited
        return "a coroutine"
    if type(value) in (types.GeneratorType, types.AsyncGeneratorType):
        return "a generator"
    return describe(value)
