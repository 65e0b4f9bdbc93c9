"""A case: one set of arguments, for the reference and the submission."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum, unique

import msgspec
import numpy as np
from numpy.typing import NDArray


class ArrayValue(msgspec.Struct, frozen=True, kw_only=True, tag="array"):
    """An array as raw bytes in C order, little endian; `dtype` is NumPy's name (`float32`).

    Types that NumPy doesn't have keep their name (`bfloat16`) and their bytes.
    """

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    @staticmethod
    def of(array: NDArray[np.generic]) -> ArrayValue:
        """Take a copy of `array`."""
        ordered = np.ascontiguousarray(array)
        return ArrayValue(dtype=array.dtype.name, shape=array.shape, data=ordered.tobytes())

    def numpy(self) -> NDArray[np.generic]:
        """Return the array, read-only; `TypeError` for a type that NumPy doesn't have."""
        return np.frombuffer(self.data, dtype=np.dtype(self.dtype)).reshape(self.shape)


class TupleValue(msgspec.Struct, frozen=True, kw_only=True, tag="tuple"):
    """A tuple of arrays, or of tuples and dicts of them, passed as one argument."""

    items: tuple[Nested, ...]


class DictValue(msgspec.Struct, frozen=True, kw_only=True, tag="dict"):
    """A dict of arrays, or of tuples and dicts of them, passed as one argument."""

    items: dict[str, Nested]


Nested = ArrayValue | TupleValue | DictValue


def arrays_of(value: Value) -> Iterator[ArrayValue]:
    """Yield the arrays in a value, those of a tuple or a dict in order."""
    match value:
        case ArrayValue():
            yield value
        case TupleValue():
            for each in value.items:
                yield from arrays_of(each)
        case DictValue():
            for each in value.items.values():
                yield from arrays_of(each)
        case _:
            return


class IntValue(msgspec.Struct, frozen=True, kw_only=True, tag="int"):
    """A Python int: a seed or a size."""

    value: int


class FloatValue(msgspec.Struct, frozen=True, kw_only=True, tag="float"):
    """A Python float."""

    value: float


class BoolValue(msgspec.Struct, frozen=True, kw_only=True, tag="bool"):
    """A Python bool."""

    value: bool


class TextValue(msgspec.Struct, frozen=True, kw_only=True, tag="text"):
    """A Python string."""

    value: str


class KeyValue(msgspec.Struct, frozen=True, kw_only=True, tag="key"):
    """A PRNG key, made of a seed by `jax.random.key` if it is `typed`, or else by `PRNGKey`."""

    seed: int
    typed: bool = False


Plain = IntValue | FloatValue | BoolValue | TextValue
Value = Nested | Plain | KeyValue


@unique
class Container(StrEnum):
    """How array arguments are passed: as JAX's immutable arrays or as NumPy's mutable ones."""

    JAX = "jax"
    NUMPY = "numpy"


class Argument(msgspec.Struct, frozen=True, kw_only=True):
    """One argument, under the name that the exercise gives it; by position unless `by_name`."""

    name: str
    value: Value
    by_name: bool = False


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of one call, and the sizes that their shapes use.

    `sizes` has a value for each of the exercise's dimensions, in the same order. With `retrained`,
    which only an exercise about a class has, each weight is changed before the module is called.
    """

    arguments: tuple[Argument, ...]
    sizes: dict[str, int]
    container: Container = Container.JAX
    retrained: bool = False

    def __getitem__(self, name: str) -> Value:
        """Return the argument called `name`; `KeyError` if there is none."""
        for argument in self.arguments:
            if argument.name == name:
                return argument.value
        raise KeyError(name)

    def given(self, name: str) -> Value | None:
        """Return the argument called `name`, None if the case leaves it out."""
        return next((each.value for each in self.arguments if each.name == name), None)
