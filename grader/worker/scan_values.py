"""Numbers for the results of a scan: each by what its steps compute, and by nothing beside that.

A result depends on some of the carries. They are numbered in the order in which its steps lead to
them, so neither their order matters, nor a carry that it doesn't depend on. What a step gets from
outside is the value outside, whether it was closed over, passed, or carried along unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from grader.worker.canonical import canonical
from grader.worker.values import Value, Values

Number = Callable[[Sequence[Value]], tuple[Value, ...]]
"""Numbers the results of a step, given its inputs."""


class Parts(msgspec.Struct, frozen=True):
    """The operands of a scan by their role."""

    constants: tuple[Value, ...]
    starts: tuple[Value, ...]
    rows: tuple[Value, ...]


def parts_of(parameters: dict[str, Any], operands: Sequence[Value]) -> Parts | None:
    """Say which operand is what; None if this version of jax says it in an unknown way."""
    groups = _groups(parameters, list(operands))
    if groups is None or [each for group in groups for each in group] != list(operands):
        return None
    return Parts(*map(tuple, groups))


def _groups(parameters: dict[str, Any], operands: list[Value]) -> list[list[Value]] | None:
    try:
        if "num_consts" in parameters:
            first = parameters["num_consts"]
            second = first + parameters["num_carry"]
            return [operands[:first], operands[first:second], operands[second:]]
        consts, carry, rows = parameters["ft_in"].update(operands).unpack()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return [list(consts), list(carry), list(rows)]


class Scan:
    """One scan, `depth` scans within others; `number` numbers its step.

    `inputs` and `outputs` are the types of what the step gets and of what the scan gives.
    """

    def __init__(
        self,
        parts: Parts,
        parameters: dict[str, Any],
        *,
        values: Values,
        number: Number,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        depth: int,
    ) -> None:
        self._parts = parts
        self._values = values
        self._number = number
        self._outputs = outputs
        self._depth = depth
        self._loop = tuple(
            (name, canonical(parameters[name], place=("scan", name)))
            for name in ("length", "reverse")
        )
        first = len(parts.constants)
        second = first + len(parts.starts)
        self._types = inputs[first:second]
        self._rows = [
            values.make("row of a scan", (depth,), (row,), aval)
            for row, aval in zip(parts.rows, inputs[second:], strict=True)
        ]

    def results(self) -> tuple[Value, ...]:
        """Number the last carries, and then what the steps give."""
        carried = [self._carry(place, "of all", aval) for place, aval in enumerate(self._types)]
        nexts = self._step(carried)
        kept = [
            start if following == own else own
            for start, own, following in zip(self._parts.starts, carried, nexts, strict=False)
        ]
        if kept != carried:
            nexts = self._step(kept)
        count = len(carried)
        ends = [self._result("last", own, kept, nexts, place) for place, own in enumerate(kept)]
        given = [
            self._result("all", each, kept, nexts, count + place)
            for place, each in enumerate(nexts[count:])
        ]
        return (*ends, *given)

    def _carry(self, number: int, kind: str, aval: Any) -> Value:  # noqa: ANN401  # jax's own
        return self._values.make("carry of a scan", (self._depth, kind, number), (), aval)

    def _step(self, carried: Sequence[Value]) -> tuple[Value, ...]:
        return self._number((*self._parts.constants, *carried, *self._rows))

    def _result(
        self, kind: str, root: Value, carried: list[Value], nexts: Sequence[Value], place: int
    ) -> Value:
        """Number one result, given what a step makes of the carries as they are numbered now."""
        if kind == "last" and root == self._parts.starts[place]:
            return root  # it is carried along unchanged
        needed = self._needed(root, carried, nexts)
        renamed = list(carried)
        for rank, which in enumerate(needed):
            renamed[which] = self._carry(rank, "needed", self._types[which])
        again = self._step(renamed)
        ending = renamed[place] if kind == "last" else again[place]
        operands = (
            ending,
            *(again[which] for which in needed),
            *(self._parts.starts[which] for which in needed),
        )
        return self._values.make("scan", (*self._loop, kind), operands, self._outputs[place])

    def _needed(self, root: Value, carried: Sequence[Value], nexts: Sequence[Value]) -> list[int]:
        """Return the places of the carries that a value depends on, in the order of the steps."""
        places = {each: place for place, each in enumerate(carried)}
        found: list[int] = []
        seen: set[Value] = set()
        waiting = [root]
        while waiting:
            value = waiting.pop()
            if value in seen:
                continue
            seen.add(value)
            place = places.get(value)
            if place is not None and value != self._parts.starts[place]:
                found.append(place)
                waiting.append(nexts[place])
            waiting += reversed(self._values.made[value].operands)
        return found
