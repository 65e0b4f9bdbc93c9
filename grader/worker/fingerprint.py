"""The fingerprint of a traced program: global value numbering of its jaxpr.

Each value gets a hash of the primitive that makes it, the primitive's parameters and the hashes
of its operands, so renamed variables, dead code and the order of independent equations don't
matter. Calls (`jit`, `remat`, `custom_jvp` …) are looked through, loops and branches are hashed as
functions of their inputs. Two programs with the same hash apply the same operations to the same
operands in the same order.

Sound rather than clever: what is not known to depend on its parameters and operands alone
(effects, callbacks, references, collectives, a parameter that is a Python function) is refused with
`NotComparable`; the only rewrites are those that leave each element the same expression of the
same elements, with its operands in the same order. Only public parts of jax are used, and types that it keeps to itself are
refused but for the few named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal, Primitive, primitives

from grader.worker.canonical import NotComparable, canonical, canonical_type
from grader.worker.pure_primitives import CALLS, IDENTITIES, PURE

Value = str
"""A hash that stands for a value; equal hashes, equal values."""

_EXPORTED = {
    each.name: each for each in vars(primitives).values() if isinstance(each, Primitive)
}
_CALLS = tuple(getattr(primitives, name) for name in CALLS if hasattr(primitives, name))
_SETTINGS = ("jax_default_matmul_precision", "jax_enable_x64", "jax_threefry_partitionable")


@dataclass(frozen=True, slots=True)
class Digest:
    """A program's hash, and what it can't vouch for (see `Fingerprint.detail`)."""

    digest: str
    detail: str


def digest(program: ClosedJaxpr, output: str, seeds: Sequence[int] = ()) -> Digest:
    """Hash `program`, whose result is structured as `output` says.

    `seeds` are the positions of inputs that are Python ints when the function really runs.
    Raises `NotComparable`.
    """
    numbering = _Numbering()
    inputs = [
        numbering.number("input", (place, canonical_type(var.aval)), (), var.aval)
        for place, var in enumerate(_inner(program).invars)
    ]
    numbering.seeds = frozenset(inputs[place] for place in seeds)
    values = numbering.outputs(program, inputs)
    settings = tuple(repr(getattr(jax.config, name, None)) for name in _SETTINGS)
    return Digest(
        digest=_hash((jax.__version__, settings, output, values)),
        detail="; ".join(sorted(numbering.doubts)),
    )


def _hash(content: object) -> Value:
    return blake2b(repr(content).encode(), digest_size=20).hexdigest()


def _inner(program: Any) -> Any:
    """Return the jaxpr within a closed one; later versions of jax have one class for both."""
    return getattr(program, "jaxpr", program)


@dataclass(frozen=True, slots=True)
class _Made:
    """How a value was made, for the rewrites that look at an operand."""

    primitive: str
    operands: tuple[Value, ...]
    shape: tuple[object, ...]
    data: tuple[object, ...] = ()


@dataclass(slots=True)
class _Numbering:
    made: dict[Value, _Made] = field(default_factory=dict)
    zeros: set[Value] = field(default_factory=set)
    seeds: frozenset[Value] = frozenset()
    doubts: set[str] = field(default_factory=set)

    def number(
        self, primitive: str, data: tuple[object, ...], operands: tuple[Value, ...], aval: Any
    ) -> Value:
        """Return the value that `primitive` makes; `data` are its parameters."""
        kind = canonical_type(aval)
        value = _hash((primitive, data, operands, kind))
        self.made.setdefault(value, _Made(primitive, operands, kind[0], data))
        return value

    def constant(self, value: Any, aval: Any) -> Value:
        number = self.number("constant", (canonical(_as_typed(value, aval)),), (), aval)
        if jax.dtypes.issubdtype(aval.dtype, np.number) and not np.any(np.asarray(value)):
            self.zeros.add(number)
        return number

    def outputs(self, program: Any, inputs: Sequence[Value]) -> tuple[Value, ...]:
        """Return the values of a program's results, given those of its inputs."""
        if program.effects:
            raise NotComparable(f"has an effect: {', '.join(map(_class_name, program.effects))}")
        jaxpr = _inner(program)
        constants = getattr(program, "consts", ())
        if len(constants) != len(jaxpr.constvars):
            raise NotComparable("a jaxpr without its constants")
        known: dict[Any, Value] = dict(zip(jaxpr.invars, inputs, strict=True))
        for var, constant in zip(jaxpr.constvars, constants, strict=True):
            known[var] = self.constant(constant, var.aval)

        def read(atom: Any) -> Value:
            if isinstance(atom, Literal):
                return self.constant(atom.val, atom.aval)
            return known[atom]

        for equation in jaxpr.eqns:
            operands = tuple(read(atom) for atom in equation.invars)
            results = self.equation(equation, operands)
            known.update(zip(equation.outvars, results, strict=True))
        return tuple(read(atom) for atom in jaxpr.outvars)

    def equation(self, equation: Any, operands: tuple[Value, ...]) -> tuple[Value, ...]:
        """Return the values of one equation's results."""
        primitive = equation.primitive
        _check_context(equation)
        if primitive in _CALLS:
            return self.outputs(_called(equation), operands)
        name = primitive.name
        if _EXPORTED.get(name, primitive) is not primitive or name not in PURE | IDENTITIES:
            raise NotComparable(f"uses {name}, whose result its operands may not fix")
        if name in IDENTITIES:
            return _identity(equation, operands)
        if name != "random_seed" and not self.seeds.isdisjoint(operands):
            if name == "convert_element_type" and _keeps_type(equation):
                return operands
            self.doubts.add("calculates with the seed, where Python and jax can differ")
        if len(equation.outvars) == 1:
            aval = equation.outvars[0].aval
            return (self.single(equation, operands, aval),)
        data = self.parameters(equation)
        return tuple(
            self.number(name, (*data, place), operands, var.aval)
            for place, var in enumerate(equation.outvars)
        )

    def single(self, equation: Any, operands: tuple[Value, ...], aval: Any) -> Value:
        """Return the value of an equation with one result, rewritten to its plainest form."""
        name = equation.primitive.name
        match name:
            case "reshape":
                return self.reshape(self.reordered(operands[0], equation), aval)
            case "squeeze":
                return self.reshape(operands[0], aval)
            case "dot_general":
                return self.product(equation, operands, aval)
            case "broadcast_in_dim" if len(operands) == 1:
                return self.broadcast(operands[0], equation, aval)
            case "transpose":
                return self.transpose(operands[0], equation.params["permutation"], aval)
            case "convert_element_type":
                if _keeps_type(equation):
                    return operands[0]
                return self.number(name, (), operands, aval)
            case "random_wrap" | "random_unwrap":
                return self.unwrapped(name, equation, operands, aval)
            case "gather":
                self.check_bounds(equation, operands)
        return self.number(name, self.parameters(equation), operands, aval)

    def reshape(self, operand: Value, aval: Any) -> Value:
        """A reshape of a reshape is one reshape, and one to the same shape is none."""
        made = self.made[operand]
        if made.primitive == "reshape":
            return self.reshape(made.operands[0], aval)
        if made.shape == canonical_type(aval)[0]:
            return operand
        return self.zero_like(operand, self.number("reshape", (), (operand,), aval))

    def reordered(self, operand: Value, equation: Any) -> Value:
        """A reshape that reads the axes in another order transposes them first."""
        order = equation.params["dimensions"]
        if order is None:
            return operand
        aval = equation.invars[0].aval
        return self.transpose(operand, order, aval.update(shape=[aval.shape[axis] for axis in order]))

    def zero_like(self, operand: Value, value: Value) -> Value:
        """Note that `value` holds zeros only if `operand` does."""
        if operand in self.zeros:
            self.zeros.add(value)
        return value

    def broadcast(self, operand: Value, equation: Any, aval: Any) -> Value:
        """Adding axes of size 1 is a reshape."""
        target = canonical_type(aval)[0]
        axes = tuple(int(axis) for axis in equation.params["broadcast_dimensions"])
        kept = tuple(target[axis] for axis in axes)
        added = [size for axis, size in enumerate(target) if axis not in axes]
        if kept == self.made[operand].shape and all(size == 1 for size in added):
            return self.reshape(operand, aval)
        return self.zero_like(operand, self.number("broadcast_in_dim", (axes,), (operand,), aval))

    def transpose(self, operand: Value, permutation: Sequence[int], aval: Any) -> Value:
        """A transpose of a transpose is one transpose, and one that moves nothing is none."""
        order = tuple(int(axis) for axis in permutation)
        made = self.made[operand]
        if made.primitive == "transpose":
            (inner,) = made.data
            assert isinstance(inner, tuple)
            return self.transpose(made.operands[0], [inner[axis] for axis in order], aval)
        if order == tuple(range(len(order))):
            return operand
        return self.number("transpose", (order,), (operand,), aval)

    def product(self, equation: Any, operands: tuple[Value, ...], aval: Any) -> Value:
        """Name the axes of what was transposed, where the result's axes keep their order."""
        contracting, batch = equation.params["dimension_numbers"]
        plain: list[Value] = []
        axes: list[object] = []
        for side, operand in enumerate(operands):
            summed, shared = tuple(contracting[side]), tuple(batch[side])
            made = self.made[operand]
            if made.primitive == "transpose":
                (order,) = made.data
                assert isinstance(order, tuple)
                free = [order[axis] for axis in range(len(order)) if axis not in summed + shared]
                if free == sorted(free):
                    operand = made.operands[0]
                    summed = tuple(order[axis] for axis in summed)
                    shared = tuple(order[axis] for axis in shared)
            plain.append(operand)
            axes.append((tuple(map(int, summed)), tuple(map(int, shared))))
        skipped = ("dimension_numbers", "preferred_element_type")
        data = [each for each in self.parameters(equation) if each[0] not in skipped]
        return self.number("dot_general", (*axes, *data), tuple(plain), aval)

    def unwrapped(
        self, name: str, equation: Any, operands: tuple[Value, ...], aval: Any
    ) -> Value:
        """Wrapping what was unwrapped, and the reverse, gives back the key."""
        made = self.made[operands[0]]
        if {name, made.primitive} == {"random_wrap", "random_unwrap"}:
            (original,) = made.operands
            return original
        return self.number(name, self.parameters(equation), operands, aval)

    def parameters(self, equation: Any) -> tuple[tuple[str, object], ...]:
        name = equation.primitive.name
        return tuple(
            (key, self.parameter(name, key, value))
            for key, value in sorted(equation.params.items())
        )

    def parameter(self, primitive: str, key: str, value: Any) -> object:
        if isinstance(value, ClosedJaxpr | Jaxpr):
            return self.function(value)
        if primitive == "cond" and key == "branches":
            return tuple(self.function(branch) for branch in value)
        return canonical(value, place=(primitive, key))

    def function(self, program: Any) -> object:
        """Hash a jaxpr as a function of its inputs."""
        inputs = [
            self.number("argument", (place, canonical_type(var.aval)), (), var.aval)
            for place, var in enumerate(_inner(program).invars)
        ]
        return ("function", tuple(inputs), self.outputs(program, inputs))

    def check_bounds(self, equation: Any, operands: tuple[Value, ...]) -> None:
        """jax promises itself that a symbolic axis has the element, whatever its size."""
        array = equation.invars[0].aval
        symbolic = any(jax.export.is_symbolic_dim(size) for size in array.shape)
        if symbolic and operands[1] not in self.zeros:
            self.doubts.add("takes an element that a small array does not have")


def _called(equation: Any) -> Any:
    params = equation.params
    if params.get("compiler_options_kvs"):
        raise NotComparable("sets compiler options")
    for key in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        if key in params:
            return params[key]
    raise NotComparable(f"calls {equation.primitive.name} in an unknown way")


def _check_context(equation: Any) -> None:
    context = getattr(equation, "ctx", None)
    for name in ("compute_type", "xla_metadata"):
        if getattr(context, name, None):
            raise NotComparable(f"sets {name}")
    if getattr(context, "threefry_partitionable", True) is not bool(
        getattr(jax.config, "jax_threefry_partitionable", True)
    ):
        raise NotComparable("changes how random bits are made")


def _identity(equation: Any, operands: tuple[Value, ...]) -> tuple[Value, ...]:
    if any(device is not None for device in equation.params.get("devices", ())):
        raise NotComparable("puts an array on a device")
    return operands


def _keeps_type(equation: Any) -> bool:
    before, after = equation.invars[0].aval, equation.outvars[0].aval
    return bool(before.dtype == after.dtype)


def _as_typed(value: Any, aval: Any) -> Any:
    if jax.dtypes.issubdtype(aval.dtype, jax.dtypes.extended):
        return value
    return np.asarray(value, dtype=aval.dtype)


def _class_name(value: object) -> str:
    return type(value).__name__
