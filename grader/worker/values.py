"""Numbers for the values of a traced program: equal numbers mean equal values.

A value's number is a hash of how it is computed. Values are first rewritten to a normal form, by
rules that leave each element the same expression of the same elements, with its operands in the
same order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import jax
import jax.export
import numpy as np

from grader.worker.canonical import Aval, Parameter, Shape, canonical, canonical_type, is_extended

Value = str
"""The number of a value."""

Parameters = tuple[object, ...]
"""Parameters of a primitive in canonical form."""


def number_of(content: object) -> Value:
    """Hash nested tuples of numbers and text."""
    return blake2b(repr(content).encode(), digest_size=20).hexdigest()


@dataclass(frozen=True, slots=True)
class Made:
    """How a value was computed; `type` is its shape and dtype."""

    primitive: str
    operands: tuple[Value, ...]
    type: tuple[Shape, str]
    axes: tuple[int, ...] = ()


@dataclass(slots=True)
class Values:
    """The values of one program so far, and how each was computed.

    `zeros` are those that contain only zeros. `sizes` are the symbolic sizes of arrays that are
    not known to be 0 or more, as text.
    """

    made: dict[Value, Made] = field(default_factory=dict)
    zeros: set[Value] = field(default_factory=set)
    sizes: dict[str, bool] = field(default_factory=dict)

    def make(
        self, primitive: str, parameters: Parameters, operands: tuple[Value, ...], aval: Aval
    ) -> Value:
        """Number the result of `primitive`, without rewriting."""
        return self._make(Made(primitive, operands, self._type(aval)), parameters)

    def _make(self, made: Made, parameters: Parameters = ()) -> Value:
        value = number_of((made.primitive, made.axes, parameters, made.operands, made.type))
        self.made.setdefault(value, made)
        return value

    def _type(self, aval: Aval) -> tuple[Shape, str]:
        kind = canonical_type(aval)
        for size, text in zip(aval.shape, kind[0], strict=True):
            if isinstance(text, tuple) and str(text) not in self.sizes:
                self.sizes[str(text)] = _never_negative(size)
        return kind

    @property
    def may_be_negative(self) -> bool:
        """Whether an array has a size that is negative for some sizes of the arguments."""
        return not all(self.sizes.values())

    def constant(self, value: Parameter, aval: Aval) -> Value:
        """Number a literal or a captured array."""
        if not is_extended(aval.dtype):
            value = np.asarray(value, dtype=aval.dtype)
        number = self.make("constant", (canonical(value),), (), aval)
        if jax.dtypes.issubdtype(aval.dtype, np.integer) and not np.any(value):
            self.zeros.add(number)
        return number

    def _still_zero(self, operand: Value, value: Value) -> Value:
        if operand in self.zeros:
            self.zeros.add(value)
        return value

    # ----------------------------------------------------------------------------------- rewrites

    def reshape(self, operand: Value, aval: Aval, order: Sequence[Any] | None = None) -> Value:
        """Combine several reshapes into one, and drop one that keeps the shape.

        `order` is the order in which the axes are read, the natural one if it is None.
        """
        if order is not None:
            operand = self.transpose(operand, order)
        return self._reshape(operand, self._type(aval))

    def _reshape(self, operand: Value, kind: tuple[Shape, str]) -> Value:
        made = self.made[operand]
        if made.primitive == "reshape":
            return self._reshape(made.operands[0], kind)
        if made.type == kind:
            return operand
        if self._is_key_data(operand) and kind[0][-1:] == made.type[0][-1:]:
            (key,) = made.operands
            return self._key_data(self._reshape(key, self._key_type(key, kind)), kind)
        return self._still_zero(operand, self._make(Made("reshape", (operand,), kind)))

    def slice(
        self,
        operand: Value,
        starts: Sequence[Any],
        limits: Sequence[Any],
        strides: Sequence[Any] | None,
        aval: Aval,
    ) -> Value:
        """Slice keys rather than their data; steps of 1 are as good as none."""
        steps = None if set(strides or ()) <= {1} else strides
        kind = self._type(aval)
        made = self.made[operand]
        whole = kind[0][-1:] == made.type[0][-1:] and (steps is None or steps[-1] == 1)
        if self._is_key_data(operand) and whole:
            (key,) = made.operands
            rest = steps[:-1] if steps is not None else None
            taken = self._slice(key, starts[:-1], limits[:-1], rest, self._key_type(key, kind))
            return self._key_data(taken, kind)
        return self._slice(operand, starts, limits, steps, kind)

    def _slice(
        self,
        operand: Value,
        starts: Sequence[Any],
        limits: Sequence[Any],
        strides: Sequence[Any] | None,
        kind: tuple[Shape, str],
    ) -> Value:
        given = {"start_indices": starts, "limit_indices": limits, "strides": strides}
        parameters = tuple(
            (name, None if each is None else canonical(tuple(each), place=("slice", name)))
            for name, each in given.items()
        )
        return self._make(Made("slice", (operand,), kind), parameters)

    def _is_key_data(self, value: Value) -> bool:
        return self.made[value].primitive == "random_unwrap"

    def _key_type(self, key: Value, kind: tuple[Shape, str]) -> tuple[Shape, str]:
        """Return the type of keys whose data has the type `kind`."""
        return kind[0][:-1], self.made[key].type[1]

    def _key_data(self, key: Value, kind: tuple[Shape, str]) -> Value:
        return self._make(Made("random_unwrap", (key,), kind))

    def broadcast(self, operand: Value, dimensions: Sequence[Any], aval: Aval) -> Value:
        """Turn a broadcast that only adds axes of size 1 into a reshape."""
        kind = self._type(aval)
        axes = tuple(map(int, dimensions))
        kept = tuple(kind[0][axis] for axis in axes)
        added = (size for axis, size in enumerate(kind[0]) if axis not in axes)
        if kept == self.made[operand].type[0] and all(size == 1 for size in added):
            return self.reshape(operand, aval)
        value = self._make(Made("broadcast_in_dim", (operand,), kind, axes))
        return self._still_zero(operand, value)

    def transpose(self, operand: Value, permutation: Sequence[Any]) -> Value:
        """Combine several transposes into one, and drop one that moves nothing."""
        axes = tuple(map(int, permutation))
        made = self.made[operand]
        if made.primitive == "transpose":
            return self.transpose(made.operands[0], [made.axes[axis] for axis in axes])
        if axes == tuple(range(len(axes))):
            return operand
        shape, dtype = made.type
        kind = (tuple(shape[axis] for axis in axes), dtype)
        return self._make(Made("transpose", (operand,), kind, axes))

    def key(self, primitive: str, parameters: Parameters, operand: Value, aval: Aval) -> Value:
        """Simplify unwrapping and wrapping a key to the key, and vice versa for its data."""
        made = self.made[operand]
        if {primitive, made.primitive} == {"random_wrap", "random_unwrap"}:
            (original,) = made.operands
            if self.made[original].type == self._type(aval):
                return original
        return self.make(primitive, parameters, (operand,), aval)

    def product(
        self,
        operands: tuple[Value, ...],
        dimension_numbers: Parameter,
        parameters: Parameters,
        aval: Aval,
    ) -> Value:
        """Use the axes from before a transpose, if the result's axes keep their order."""
        contracting, batch = dimension_numbers
        sides = [
            self._side(operand, tuple(map(int, summed)), tuple(map(int, shared)))
            for operand, summed, shared in zip(operands, contracting, batch, strict=True)
        ]
        axes = tuple(each[1:] for each in sides)
        plain = tuple(each[0] for each in sides)
        return self.make("dot_general", (axes, *parameters), plain, aval)

    def _side(
        self, operand: Value, summed: tuple[int, ...], shared: tuple[int, ...]
    ) -> tuple[Value, tuple[int, ...], tuple[int, ...]]:
        made = self.made[operand]
        if made.primitive != "transpose":
            return operand, summed, shared
        order = made.axes
        free = [old for new, old in enumerate(order) if new not in summed + shared]
        if free != sorted(free):
            return operand, summed, shared
        return (
            made.operands[0],
            tuple(order[axis] for axis in summed),
            tuple(order[axis] for axis in shared),
        )


def _never_negative(size: Parameter) -> bool:
    """Whether a symbolic size is 0 or more for all sizes; jax raises if that depends on them."""
    with contextlib.suppress(Exception):
        return bool(size >= 0)
    return False
