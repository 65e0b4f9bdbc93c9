"""Traces a side's function: with all sizes symbolic, or down to the sizes of executed cases.

Runs the learner's function with abstract arguments, in the learner's own process. Its output, and
what it leaves behind in module globals (tracers, perhaps), stays: trace in a process that executes
no case afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum, unique
from functools import cache
from itertools import product
from typing import Any

import jax
import jax.export
import numpy as np

from grader.model.exercise import Array, Arrays, Exercise, Number, Parameter, Seed, Size
from grader.model.trace import Fingerprint, Scope, Trace, Untraceable
from grader.worker.canonical import NotComparable
from grader.worker.fingerprint import digest

_REASON_LENGTH = 200


@unique
class Rung(IntEnum):
    """Which sizes are symbolic, the widest scope first."""

    EVERY_SIZE = 0
    EVERY_OTHER_SIZE = 1
    """All except the dimensions that the parameters' shapes depend on."""
    SIZES_AS_GIVEN = 2


def fingerprints(
    function: Callable[..., Any],
    exercise: Exercise,
    concrete: tuple[dict[str, int], ...],
    widest: Rung = Rung.EVERY_SIZE,
) -> tuple[Trace, ...]:
    """Trace at the first rung, from `widest` on, where every scope can be traced.

    `concrete` are sizes of executed cases, with a value for each dimension. If no rung works, the
    result is one `Untraceable` for each.
    """
    failures: list[Untraceable] = []
    for rung in Rung:
        if rung < widest:
            continue
        traces: list[Trace] = []
        for scope in scopes(exercise, concrete, rung):
            traces.append(fingerprint(function, exercise, scope))
            if isinstance(traces[-1], Untraceable):
                failures.append(traces[-1])
                break
        else:
            if traces:
                return (*_repeated(function, exercise, traces), *failures)
    return tuple(failures)


def _repeated(function: Callable[..., Any], exercise: Exercise, traces: list[Trace]) -> list[Trace]:
    """Trace the first scope again, to detect functions that keep state or draw random numbers."""
    first = traces[0]
    if fingerprint(function, exercise, first.scope) == first:
        return traces
    return [Untraceable(scope=first.scope, reason="is another program when it is traced again")]


def scopes(exercise: Exercise, concrete: Iterable[dict[str, int]], rung: Rung) -> Iterator[Scope]:
    """Yield the scopes of a rung, each once."""
    symbolic = tuple(
        each.name
        for each in exercise.dimensions
        if rung is Rung.EVERY_SIZE or (rung is Rung.EVERY_OTHER_SIZE and not each.weights)
    )
    if rung is not Rung.SIZES_AS_GIVEN and not symbolic:
        return
    fixed = [each.name for each in exercise.dimensions if each.name not in symbolic]
    shapes = {tuple(sizes[name] for name in fixed): None for sizes in concrete} if fixed else [()]
    numbers = [each for each in exercise.parameters if isinstance(each, Number)]
    for shape, chosen in product(shapes, product(*(each.choices for each in numbers))):
        yield Scope(
            symbolic=symbolic,
            sizes=dict(zip(fixed, shape, strict=True)),
            numbers={each.name: value for each, value in zip(numbers, chosen, strict=True)},
        )


def fingerprint(function: Callable[..., Any], exercise: Exercise, scope: Scope) -> Trace:
    """Trace once in `scope`. Never raises: if the learner's code fails, that's the reason."""
    sizes = {**scope.sizes, **_symbols(scope.symbolic)}
    traced = [each for each in exercise.parameters if not isinstance(each, Size | Number)]

    def call(*arrays: Any) -> Any:
        given = dict(zip((each.name for each in traced), arrays, strict=True))
        given |= scope.numbers | sizes
        return function(*(given[each.name] for each in exercise.parameters))

    try:
        program, result = jax.make_jaxpr(call, return_shape=True)(
            *(_stand_in(each, sizes) for each in traced)
        )
        structure = str(jax.tree.structure(result))
        found = digest(program, structure, seeds=_seed_places(traced))
    except NotComparable as error:
        return Untraceable(scope=scope, reason=str(error))
    except BaseException as error:  # noqa: BLE001  # the learner's code can raise anything
        return Untraceable(scope=scope, reason=_reason(error))
    return Fingerprint(scope=scope, digest=found.digest, detail=found.detail)


@cache
def _symbols(names: tuple[str, ...]) -> dict[str, Any]:
    """Return a symbolic size for each name, always the same: jax uses it as a cache key."""
    if not names:
        return {}
    return dict(zip(names, jax.export.symbolic_shape(", ".join(names)), strict=True))


def _stand_in(parameter: Parameter, sizes: dict[str, Any]) -> Any:
    match parameter:
        case Seed():
            return jax.ShapeDtypeStruct((), np.int32)
        case Array(shape=shape):
            return jax.ShapeDtypeStruct(tuple(sizes[name] for name in shape), np.float32)
        case Arrays(items=items):
            return tuple(_stand_in(each, sizes) for each in items)
        case _:
            raise TypeError(f"{parameter} is not traced")


def _seed_places(traced: Sequence[Parameter]) -> tuple[int, ...]:
    """Return the positions of seeds among the flattened inputs."""
    places: list[int] = []
    position = 0
    for each in traced:
        if isinstance(each, Seed):
            places.append(position)
        position += len(each.items) if isinstance(each, Arrays) else 1
    return tuple(places)


def _reason(error: BaseException) -> str:
    """Describe an error of the learner's code, whose own methods may raise, too."""
    name = type(error).__name__
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001  # see above
        text = ""
    line = f"{name}: {text}".splitlines()[0] if text else name
    return "".join(each if each.isprintable() else "?" for each in line)[:_REASON_LENGTH]
