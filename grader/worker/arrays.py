"""Facts about arrays: whether a value is one, its type, its numbers on the host, its digest.

Only the exact classes of jax and NumPy count, and NumPy's own view of a subclass: no code of a
learner's class is called to get a shape or to convert it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from grader.model.observation import ArrayType, digest
from grader.worker.foreign import Foreign, clean

Host = NDArray[Any]

_asarray = np.asarray
_ascontiguousarray = np.ascontiguousarray
_tobytes = np.ndarray.tobytes
_view = np.ndarray.view

# jax.Array is abstract; its classes have no public names.
ARRAYS = tuple(cls for cls in jax.Array.__subclasses__() if cls.__name__ == "ArrayImpl")
KEY_ARRAYS = tuple(cls for cls in jax.Array.__subclasses__() if cls.__name__ == "PRNGKeyArray")
_TRACER = jax.core.Tracer
_LARGEST_DIGESTED = 1_000_000
_NUMERIC_KINDS = frozenset("biufc")


def is_tracer(value: Foreign) -> bool:
    """Whether a value is a tracer, which jax uses instead of an array while it traces."""
    return issubclass(type(value), _TRACER)


def is_key(value: Foreign) -> bool:
    """Whether a value is a concrete typed PRNG key, or an array of them."""
    return type(value) in KEY_ARRAYS


def is_jax_array(value: Foreign) -> bool:
    """Whether a value is a concrete jax array of numbers."""
    return type(value) in ARRAYS


def base_view(value: Foreign) -> Host | None:
    """Return a NumPy array as an instance of exactly `np.ndarray`, None for any other value."""
    if issubclass(type(value), np.ndarray):
        return _view(value, np.ndarray)
    return None


def is_numeric(dtype: np.dtype[Any]) -> bool:
    """Whether numbers of this type, such as `bfloat16`, can be sent as bytes."""
    if dtype.kind in _NUMERIC_KINDS:
        return True
    return dtype.kind == "V" and dtype.names is None and dtype.type is not np.void


def array_type(value: Foreign) -> ArrayType | None:
    """Type of an array, a tracer or a key array; None for any other value."""
    own = base_view(value)
    if own is not None:
        return ArrayType(dtype=_dtype_name(own.dtype), shape=own.shape)
    if not (is_jax_array(value) or is_key(value) or is_tracer(value)):
        return None
    abstract: Foreign = value
    if any(type(size) is not int for size in abstract.shape):
        return None
    return ArrayType(dtype=_dtype_text(abstract.dtype), shape=tuple(abstract.shape))


@lru_cache(maxsize=64)
def _dtype_name(dtype: np.dtype[Any]) -> str:
    return dtype.name


@lru_cache(maxsize=64)
def _dtype_text(dtype: Foreign) -> str:
    return clean(str(dtype), 40)


def element_count(shape: tuple[int, ...]) -> int:
    """Product of the sizes, as a Python int that can't overflow."""
    count = 1
    for size in shape:
        count *= size
    return count


def on_host(value: Foreign) -> Host | None:
    """Numbers of a concrete array that isn't too large, None for anything else."""
    own = base_view(value)
    if own is None and is_jax_array(value):
        jax_array: Foreign = value
        if element_count(jax_array.shape) > _LARGEST_DIGESTED or jax_array.is_deleted():
            return None
        own = _asarray(jax_array)
    if own is None or element_count(own.shape) > _LARGEST_DIGESTED or not is_numeric(own.dtype):
        return None
    return own


def little_endian(array: Host) -> Host:
    """Return the array in C order with little-endian numbers, copied only if necessary."""
    ordered = _ascontiguousarray(array).reshape(array.shape)
    return ordered.astype(array.dtype.newbyteorder("<"), copy=False)


def digest_of(value: Foreign) -> str | None:
    """Digest of a concrete array's bytes, None for a tracer or an array that is too large."""
    array = on_host(value)
    return None if array is None else digest(_tobytes(little_endian(array)))
