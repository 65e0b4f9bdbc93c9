"""A jaxpr as a list of steps, each a function of NumPy, and its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import jax
import numpy as np
from jax.extend.core import Literal
from jax.extend.random import threefry_prng_impl

from grader.worker.arithmetic.control import CONTROL, Control
from grader.worker.arithmetic.kernels import KERNELS, TAKE_KEYS
from grader.worker.arithmetic.masks import Masks
from grader.worker.arithmetic.shaping import KEYED
from grader.worker.arithmetic.step import (
    Array,
    Budget,
    Kernel,
    Parameters,
    Unsupported,
    flushed,
)

Jaxpr = Any
"""A jaxpr, closed or not; their classes are private, and later versions have one for both."""

_INTEGERS: Final = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
_TYPES: Final = frozenset(("bool", *_INTEGERS.split(), "float32", "float64"))
_MOST_ELEMENTS: Final = 1 << 16
"""In one array. On larger ones XLA is faster, and needs no memory for what is on the way."""
_EVERYWHERE: Final = frozenset({"sharding", "out_sharding"})
"""Parameters that say where an array is; here it is nowhere."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One equation. `sources` and `targets` are places of the run's list of values."""

    kernel: Kernel
    control: Control | None
    parameters: Parameters
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    types: tuple[tuple[np.dtype[Any], tuple[int, ...]], ...]
    several: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """What an argument or a result is: its type and shape in NumPy, and whether it holds keys.

    A key array is given as its numbers: its shape has one more axis of 2. `aval` is what jax calls
    such an array.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    keys: bool
    aval: Any

    def as_numpy(self, value: Any) -> Array:  # noqa: ANN401  # anything that jax takes
        """Return a value as such an array; `Unsupported` if it isn't one."""
        array = np.asarray(value)
        dtype = self.dtype
        if array.shape != self.shape or (array.dtype != dtype and array.dtype.kind not in "biuf"):
            raise Unsupported
        return array.astype(dtype, copy=False)


class Program:
    """A jaxpr that can run here. `Unsupported` if it can't.

    It has `failed` if it couldn't after all, once it ran.
    """

    failed = False

    def __init__(self, closed: Jaxpr) -> None:
        jaxpr: Jaxpr = getattr(closed, "jaxpr", closed)
        constants = getattr(closed, "consts", ())
        if closed.effects or len(constants) != len(jaxpr.constvars):
            raise Unsupported
        self._places: dict[Any, int] = {}
        self._values: list[Any] = []
        self._masks = Masks()
        for var, constant in zip(jaxpr.constvars, constants, strict=True):
            self._place(var, _constant(constant, var.aval))
        self._inputs = [self._place(var) for var in jaxpr.invars]
        self._steps = [self._step(each) for each in jaxpr.eqns]
        self._outputs = [self._source(atom) for atom in jaxpr.outvars]
        self.takes = tuple(kind_of(var.aval) for var in jaxpr.invars)
        self.gives = tuple(kind_of(atom.aval) for atom in jaxpr.outvars)
        self._places.clear()
        self._masks = Masks()

    def run(self, operands: Sequence[Array], budget: Budget) -> list[Array]:
        """Return the results. `Unsupported`, or any error of NumPy, if it can't."""
        budget.spend(len(self._steps) + 1)
        values = list(self._values)
        for place, operand in zip(self._inputs, operands, strict=True):
            values[place] = operand
        for step in self._steps:
            given = [values[each] for each in step.sources]
            if step.control is not None:
                results = step.control(budget, *given)
            else:
                made = step.kernel(step.parameters, *given)
                results = made if step.several else (made,)
                if budget.underflows:
                    results = budget.flush(results)
            for place, (dtype, shape), result in zip(
                step.targets, step.types, results, strict=True
            ):
                if result.dtype != dtype or result.shape != shape:
                    raise Unsupported
                values[place] = result
        return [values[each] for each in self._outputs]

    def _step(self, equation: Any) -> _Step:  # noqa: ANN401  # a private class
        name = equation.primitive.name
        parameters = equation.params
        _check_context(equation)
        if any(parameters.get(each) is not None for each in _EVERYWHERE):
            raise Unsupported
        control = CONTROL[name](parameters, Program) if name in CONTROL else None
        kernel = self._masks.kernel(equation, KERNELS.get(name))
        self._masks.note(equation)
        if control is None and (kernel is None or equation.effects):
            raise Unsupported
        if control is None and name not in TAKE_KEYS and _has_keys(equation):
            if name not in KEYED:
                raise Unsupported
            parameters = KEYED[name](parameters)
        sources = tuple(self._source(atom) for atom in equation.invars)
        return _Step(
            kernel=kernel or _no_kernel,
            control=control,
            parameters=parameters,
            sources=sources,
            targets=tuple(self._place(var) for var in equation.outvars),
            types=tuple(_type(var.aval) for var in equation.outvars),
            several=equation.primitive.multiple_results,
        )

    def _place(self, var: Any, value: Array | None = None) -> int:  # noqa: ANN401
        _type(var.aval)
        self._values.append(value)
        self._places[var] = len(self._values) - 1
        return self._places[var]

    def _source(self, atom: Any) -> int:  # noqa: ANN401  # a variable or a literal
        if not isinstance(atom, Literal):
            return self._places[atom]
        self._values.append(_constant(atom.val, atom.aval))
        return len(self._values) - 1


def _constant(value: Any, aval: Any) -> Array:  # noqa: ANN401  # anything that jax takes
    """Copy it, as XLA does: what a program writes into its own array later changes nothing."""
    with np.errstate(all="ignore"):
        return np.array(flushed(kind_of(aval).as_numpy(value)))


def kind_of(aval: Any) -> Kind:  # noqa: ANN401
    """Return what an array of jax is in NumPy; `Unsupported` if it can't be there."""
    dtype, shape = _type(aval)
    keys = _is_key(aval)
    return Kind(dtype, shape, keys, jax.core.ShapedArray(shape, dtype) if keys else aval)


def _type(aval: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:  # noqa: ANN401
    """Return the type and shape in NumPy; `Unsupported` if there is none, or it is too large."""
    shape = getattr(aval, "shape", None)
    if shape is None or not all(type(size) is int for size in shape):
        raise Unsupported
    if prod(shape) > _MOST_ELEMENTS:
        raise Unsupported
    if _is_key(aval):
        if getattr(aval.dtype, "_impl", None) is not threefry_prng_impl:
            raise Unsupported
        return np.dtype(np.uint32), (*shape, 2)
    dtype = np.dtype(aval.dtype)
    if dtype.name not in _TYPES:
        raise Unsupported
    return dtype, shape


def _is_key(aval: Any) -> bool:  # noqa: ANN401
    """Whether an array's elements are keys."""
    return bool(jax.dtypes.issubdtype(aval.dtype, jax.dtypes.extended))


def _has_keys(equation: Any) -> bool:  # noqa: ANN401
    return any(_is_key(atom.aval) for atom in equation.invars)


def _check_context(equation: Any) -> None:  # noqa: ANN401
    """Refuse settings of some equations only, other ways to make random bits, and meshes."""
    context = getattr(equation, "ctx", None)
    if getattr(context, "compute_type", None) or getattr(context, "xla_metadata", None):
        raise Unsupported
    if not getattr(context, "threefry_partitionable", True):
        raise Unsupported
    mesh = getattr(context, "cur_abstract_mesh", None)
    if mesh is not None and not mesh.empty:
        raise Unsupported


def _no_kernel(*_: object) -> Array:
    raise Unsupported
