"""The fingerprint of a traced program: global value numbering of its jaxpr.

Each value gets a hash of the primitive that makes it, the primitive's parameters and the hashes
of its operands, so renamed variables, dead code and the order of independent equations don't
matter. Calls (`jit`, `remat`, `custom_jvp` …) are inlined. A scan's results are hashed by what its
steps compute (`scan_values`), branches and other loops as functions of their inputs. Two programs
with the same hash apply the same operations to the same operands in the same order.

Soundness comes first: `NotComparable` refuses everything that might depend on more than its
parameters and operands (effects, callbacks, references, collectives, parameters that are Python
functions). Only public parts of jax are used, and its private types are refused, except for the few
that `canonical` names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from operator import floordiv, mod
from typing import Any, Final

import jax
import jax.export
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal, Primitive, primitives

from grader.worker.canonical import NotComparable, Parameter, canonical, canonical_type
from grader.worker.pure_primitives import CALLS, IDENTITIES, POSITIONAL, PURE
from grader.worker.scan_values import Parts, Scan, parts_of
from grader.worker.values import Parameters, Value, Values, number_of

Program = Any
"""A jaxpr with its constants; its class depends on the version of jax."""

Equation = Any
"""An equation of a jaxpr."""

_EXPORTED: Final = {
    each.name: each for each in vars(primitives).values() if isinstance(each, Primitive)
}
_CALLED: Final = tuple(getattr(primitives, name) for name in CALLS if hasattr(primitives, name))
_SETTINGS: Final = ("jax_default_matmul_precision", "jax_enable_x64", "jax_threefry_partitionable")
_LARGE: Final = re.compile(r"\d{5}|\^\d{2}|\^[4-9]|\w+(\*\w+(\^\d)?){4}")

_NARROW: Final = ("int8", "int16", "uint8", "uint16", "uint32", "uint64", "int4", "uint4")
_FUNCTIONS: Final = {"floordiv": floordiv, "mod": mod, "max": max, "min": min}

SEED: Final = "calculates with the seed, where Python and jax can differ"
ELEMENT: Final = "takes elements at places that a small array may not have"
NEGATIVE: Final = "makes an array with a negative size for some sizes"
LARGE: Final = "makes a number of sizes that may be too large for an array"
HUGE: Final = "makes an array that is too large for a machine when all sizes are 64"
_PROBE: Final = 64
_MOST: Final = 1 << 28
"""Elements; what an exercise needs is a product of three sizes, and of four at most on the way."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A program's hash, and what it doesn't guarantee (see `Fingerprint.detail`)."""

    digest: str
    detail: str


def digest(program: Program, output: str, seeds: Sequence[int] = ()) -> Digest:
    """Hash `program`, which returns the structure `output`.

    `seeds` are the positions of inputs that are Python ints when the function really runs.
    Raises `NotComparable`.
    """
    numbering = _Numbering()
    inputs = numbering.inputs("input", program)
    numbering.seeds = frozenset(inputs[place] for place in seeds)
    results = numbering.outputs(program, inputs)
    if numbering.values.may_be_negative:
        numbering.doubts.add(NEGATIVE)
    settings = tuple(repr(getattr(jax.config, name, None)) for name in _SETTINGS)
    return Digest(
        digest=number_of((jax.__version__, settings, output, results)),
        detail="; ".join(sorted(numbering.doubts)),
    )


def _inner(program: Program) -> Any:  # noqa: ANN401  # a private class, or ClosedJaxpr itself
    """Return the jaxpr within a closed one; later versions of jax have one class for both."""
    return getattr(program, "jaxpr", program)


@dataclass(slots=True)
class _Numbering:
    """Walks a program. `doubts` include dead code, since it can raise like live code.

    `depth` is in how many scans.
    """

    values: Values = field(default_factory=Values)
    seeds: frozenset[Value] = frozenset()
    doubts: set[str] = field(default_factory=set)
    depth: int = 0

    def inputs(self, role: str, program: Program) -> list[Value]:
        """Number the inputs of a program by their positions."""
        return [
            self.values.make(role, (place,), (), var.aval)
            for place, var in enumerate(_inner(program).invars)
        ]

    def outputs(self, program: Program, inputs: Sequence[Value]) -> tuple[Value, ...]:
        """Number the results of a program, given its inputs."""
        if program.effects:
            names = sorted(type(effect).__name__ for effect in program.effects)
            raise NotComparable(f"has an effect: {', '.join(names)}")
        jaxpr = _inner(program)
        constants = getattr(program, "consts", ())
        if len(constants) != len(jaxpr.constvars):
            raise NotComparable("calls a program without its constants")
        known: dict[Any, Value] = dict(zip(jaxpr.invars, inputs, strict=True))
        for var, constant in zip(jaxpr.constvars, constants, strict=True):
            known[var] = self.values.constant(constant, var.aval)

        def read(atom: Any) -> Value:  # noqa: ANN401  # a variable or a literal
            if isinstance(atom, Literal):
                return self.values.constant(atom.val, atom.aval)
            return known[atom]

        for equation in jaxpr.eqns:
            operands = tuple(read(atom) for atom in equation.invars)
            results = self.equation(equation, operands)
            known.update(zip(equation.outvars, results, strict=True))
        return tuple(read(atom) for atom in jaxpr.outvars)

    def equation(self, equation: Equation, operands: tuple[Value, ...]) -> tuple[Value, ...]:
        """Number one equation's results."""
        _check_context(equation)
        if equation.primitive in _CALLED:
            return self.outputs(_called(equation), operands)
        name = _known_name(equation)
        if name in IDENTITIES:
            _check_stays(equation)
            return operands
        self._doubt(equation, operands)
        parts = parts_of(equation.params, operands) if name == "scan" else None
        if parts is not None:
            return self.scan(equation, parts)
        if len(equation.outvars) == 1:
            return (self.single(equation, operands),)
        parameters = self.parameters(equation)
        return tuple(
            self.values.make(name, (*parameters, place), operands, var.aval)
            for place, var in enumerate(equation.outvars)
        )

    def scan(self, equation: Equation, parts: Parts) -> tuple[Value, ...]:
        """Number a scan's results by what its steps compute."""
        step = equation.params["jaxpr"]
        self.depth += 1
        try:
            return Scan(
                parts,
                equation.params,
                values=self.values,
                number=partial(self.outputs, step),
                inputs=[var.aval for var in _inner(step).invars],
                outputs=[var.aval for var in equation.outvars],
                depth=self.depth,
            ).results()
        finally:
            self.depth -= 1

    def single(  # noqa: PLR0911  # one for each form
        self, equation: Equation, operands: tuple[Value, ...]
    ) -> Value:
        """Number the single result of an equation, in its simplest form."""
        name, params = equation.primitive.name, equation.params
        aval = equation.outvars[0].aval
        match name:
            case "reshape":
                return self.values.reshape(operands[0], aval, params["dimensions"])
            case "squeeze":
                return self.values.reshape(operands[0], aval)
            case "broadcast_in_dim" if len(operands) == 1:
                return self.values.broadcast(operands[0], params["broadcast_dimensions"], aval)
            case "slice":
                first, last = params["start_indices"], params["limit_indices"]
                return self.values.slice(operands[0], first, last, params["strides"], aval)
            case "transpose":
                return self.values.transpose(operands[0], params["permutation"])
            case "convert_element_type" if _keeps_type(equation):
                return operands[0]
            case "convert_element_type":
                return self.values.make(name, (), operands, aval)
            case "random_wrap" | "random_unwrap":
                return self.values.key(name, self.parameters(equation), operands[0], aval)
            case "dot_general":
                # The result's type says what preferred_element_type does.
                rest = self.parameters(equation, {"dimension_numbers", "preferred_element_type"})
                return self.values.product(operands, params["dimension_numbers"], rest, aval)
            case _:
                return self.values.make(name, self.parameters(equation), operands, aval)

    def parameters(self, equation: Equation, without: Sequence[str] | set[str] = ()) -> Parameters:
        """Return an equation's parameters in canonical form, by name."""
        name = equation.primitive.name
        return tuple(
            (key, self.parameter(name, key, value))
            for key, value in sorted(equation.params.items())
            if key not in without
        )

    def parameter(self, primitive: str, key: str, value: Parameter) -> object:
        """Return one parameter in canonical form."""
        if isinstance(value, ClosedJaxpr | Jaxpr):
            return self.function(value)
        if (primitive, key) == ("cond", "branches"):
            return tuple(self.function(branch) for branch in value)
        return canonical(value, place=(primitive, key))

    def function(self, program: Program) -> object:
        """Hash a jaxpr as a function of its inputs."""
        inputs = self.inputs("argument", program)
        return ("function", tuple(inputs), self.outputs(program, inputs))

    def _doubt(self, equation: Equation, operands: tuple[Value, ...]) -> None:
        """Note where a real call could fail or differ although the trace doesn't."""
        name = equation.primitive.name
        if not self.seeds.isdisjoint(operands):
            same = name == "convert_element_type" and _keeps_type(equation)
            if name != "random_seed" and not same:
                self.doubts.add(SEED)
        if name == "gather" and operands[1] not in self.values.zeros and _symbolic(equation):
            # jax assumes that a symbolic axis is long enough for any constant index.
            self.doubts.add(ELEMENT)
        if any(_elements(var.aval) > _MOST for var in equation.outvars):
            self.doubts.add(HUGE)
        if name == "dim_as_value" and _LARGE.search(str(equation.params["dim"])):
            self.doubts.add(LARGE)
        if name == "convert_element_type" and self._is_narrow(equation, operands[0]):
            self.doubts.add(LARGE)

    def _is_narrow(self, equation: Equation, operand: Value) -> bool:
        """Say whether a size is made a number of a type that can't hold all sizes."""
        dtype = str(equation.outvars[0].aval.dtype)
        return self.values.made[operand].primitive == "dim_as_value" and dtype in _NARROW


def _elements(aval: Any) -> int:  # noqa: ANN401  # private to jax
    """Count the elements of an array if all symbolic sizes are the same."""
    count = 1
    for size in getattr(aval, "shape", ()):
        count *= _probed(str(size)) if jax.export.is_symbolic_dim(size) else size
    return count


@cache
def _probed(size: str) -> int:
    """Return the value of a symbolic size; its text is a formula of its variables."""
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", size), _PROBE) | _FUNCTIONS
    return int(eval(size.replace("^", "**"), {"__builtins__": {}}, names))  # noqa: S307


def _symbolic(equation: Equation) -> bool:
    return any(map(jax.export.is_symbolic_dim, equation.invars[0].aval.shape))


def _known_name(equation: Equation) -> str:
    primitive = equation.primitive
    name = str(primitive.name)
    known = name in PURE | IDENTITIES or (name in POSITIONAL and _is_local(equation))
    if _EXPORTED.get(name, primitive) is not primitive or not known:
        raise NotComparable(f"uses {name}, which may give different results from the same operands")
    return name


def _is_local(equation: Equation) -> bool:
    """Say whether a reduction is over the array's own axes, not over other devices."""
    axes, groups = (equation.params.get(each) for each in ("axes", "axis_index_groups"))
    own = isinstance(axes, tuple) and all(isinstance(each, int) for each in axes)
    return own and groups is None


def _called(equation: Equation) -> Program:
    params = equation.params
    if params.get("compiler_options_kvs"):
        raise NotComparable("sets compiler options")
    for key in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        if key in params:
            return params[key]
    raise NotComparable(f"calls {equation.primitive.name} in an unknown way")


def _check_context(equation: Equation) -> None:
    """Refuse settings that hold for some equations only."""
    context = getattr(equation, "ctx", None)
    if getattr(context, "compute_type", None) or getattr(context, "xla_metadata", None):
        raise NotComparable("sets how a part of it is compiled")
    usual = getattr(jax.config, "jax_threefry_partitionable", True)
    if getattr(context, "threefry_partitionable", usual) != usual:
        raise NotComparable("changes how random bits are made")


def _check_stays(equation: Equation) -> None:
    if any(device is not None for device in equation.params.get("devices", ())):
        raise NotComparable("puts an array on a device")


def _keeps_type(equation: Equation) -> bool:
    before, after = equation.invars[0].aval, equation.outvars[0].aval
    return canonical_type(before) == canonical_type(after)
