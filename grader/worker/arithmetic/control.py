"""Calls, conditions and loops: steps that run other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import numpy as np

from grader.worker.arithmetic.step import Array, Budget, Parameters, Unsupported


class Runs(Protocol):
    """A jaxpr that can run here."""

    def run(self, operands: Sequence[Array], budget: Budget) -> list[Array]:
        """Return the results."""


Control = Callable[..., Sequence[Array]]
"""Takes the budget and the operands, and returns the results."""

Make = Callable[[Any], Runs]
"""Makes a jaxpr ready to run; `Unsupported` if it can't run here."""


def _call(parameters: Parameters, make: Make) -> Control:
    if parameters.get("compiler_options_kvs") or any(parameters.get("donated_invars", ())):
        raise Unsupported
    found = [parameters[key] for key in ("jaxpr", "call_jaxpr") if key in parameters]
    if len(found) != 1:
        raise Unsupported
    program = make(found[0])
    return lambda budget, *operands: program.run(operands, budget)


def _cond(parameters: Parameters, make: Make) -> Control:
    branches = [make(each) for each in parameters["branches"]]

    def choose(budget: Budget, index: Array, *operands: Array) -> Sequence[Array]:
        chosen = min(max(int(index), 0), len(branches) - 1)
        return branches[chosen].run(operands, budget)

    return choose


def _while(parameters: Parameters, make: Make) -> Control:
    cond, body = make(parameters["cond_jaxpr"]), make(parameters["body_jaxpr"])
    first, second = parameters["cond_nconsts"], parameters["body_nconsts"]

    def loop(budget: Budget, *operands: Array) -> Sequence[Array]:
        asked, used = operands[:first], operands[first : first + second]
        carry = list(operands[first + second :])
        while True:
            (goes_on,) = cond.run([*asked, *carry], budget)
            if goes_on.shape != ():
                raise Unsupported
            if not goes_on:
                return carry
            carry = body.run([*used, *carry], budget)

    return loop


def _scan(parameters: Parameters, make: Make) -> Control:
    body = make(parameters["jaxpr"])
    length, reverse = parameters["length"], parameters["reverse"]
    parts = _parts(parameters)
    if length == 0:
        raise Unsupported

    def scan(budget: Budget, *operands: Array) -> Sequence[Array]:
        used, carry, sequences = parts(operands)
        steps = []
        for index in reversed(range(length)) if reverse else range(length):
            results = body.run([*used, *carry, *(each[index] for each in sequences)], budget)
            carry, made = results[: len(carry)], results[len(carry) :]
            steps.append(made)
        ordered = steps[::-1] if reverse else steps
        return [*carry, *(np.stack(each) for each in zip(*ordered, strict=True))]

    return scan


def _parts(parameters: Parameters) -> Callable[[Sequence[Array]], Sequence[list[Array]]]:
    """Return what divides the operands of a scan into constants, carry and sequences."""
    if "num_carry" not in parameters:  # since jax 0.11 or so
        kinds = parameters["ft_in"]
        return lambda operands: [list(each) for each in kinds.update(operands).unpack()]
    first = parameters["num_consts"]
    second = first + parameters["num_carry"]
    return lambda operands: [
        list(operands[:first]),
        list(operands[first:second]),
        list(operands[second:]),
    ]


CONTROL: Final[dict[str, Callable[[Parameters, Make], Control]]] = {
    "cond": _cond,
    "custom_jvp_call": _call,
    "custom_vjp_call": _call,
    "jit": _call,
    "remat2": _call,
    "scan": _scan,
    "while": _while,
}
