"""Traces a side's function: with all sizes symbolic, or down to the sizes of executed cases.

Runs the learner's function with abstract arguments, in the learner's own process. What it leaves
behind in module globals (tracers, perhaps) stays: then no case may run after that in the same
process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum, unique
from functools import cache
from itertools import product
from typing import Any, Final

import jax
import jax.export
import msgspec
import numpy as np

from grader.model.exercise import (
    Array,
    Arrays,
    Choice,
    Dict,
    Dimension,
    Exercise,
    Flag,
    Integers,
    Key,
    Number,
    Parameter,
    Seed,
    Size,
    leaves,
)
from grader.model.relations import bases_first, group_of
from grader.model.trace import Fingerprint, Scope, Trace, Untraceable
from grader.worker.canonical import NotComparable
from grader.worker.fingerprint import digest
from grader.worker.guard import Guard
from grader.worker.kept import Kept, Pictures
from grader.worker.numpy_answers import NumpyAnswers

_REASON_LENGTH = 200
_HELD: Final = 2
"""At how many sizes a trace for all of them is held against one at sizes; each costs as much."""

KEEPS: Final = "keeps something from one call to the next: a proof needs each to start afresh"
RUNNING: Final = "keeps something that each use changes: a proof needs each call to start afresh"


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
    pictures: Pictures | None = None,
) -> tuple[Trace, ...]:
    """Trace at the first rung, from `widest` on, where every scope can be traced, and at sizes.

    `concrete` are sizes of executed cases, with a value for each dimension; some are traced after
    all of them at once, to be held against it. Of the `pictures` of the program, one is taken
    before it is first called, and one at the end. If no rung will do, the result is one
    `Untraceable` for each.
    """
    namespace = None if pictures is None else pictures.namespace
    failures: list[Trace] = []
    for rung in Rung:
        if rung < widest:
            continue
        wanted = list(scopes(exercise, concrete, rung))
        before = _picture(pictures)
        found = list(_until_one_fails(function, exercise, wanted, namespace))
        if found and isinstance(found[-1], Fingerprint):
            held = list(_held(exercise, concrete, rung))
            found += [fingerprint(function, exercise, each, namespace) for each in held]
            after = _picture(pictures)
            if before and after and not before.same(after):
                # The first calls may set up what all others use: those are what counts.
                before, every = after, [*wanted, *held]
                found = [fingerprint(function, exercise, each, namespace) for each in every]
                after = _picture(pictures)
            return (*_doubted(found, before, after), *failures)
        failures += found[-1:]
    _picture(pictures)
    return tuple(failures)


def _picture(pictures: Pictures | None) -> Kept | None:
    return None if pictures is None else pictures.take()


def _until_one_fails(
    function: Callable[..., Any],
    exercise: Exercise,
    wanted: Iterable[Scope],
    namespace: dict[str, Any] | None,
) -> Iterator[Trace]:
    for scope in wanted:
        trace = fingerprint(function, exercise, scope, namespace)
        yield trace
        if isinstance(trace, Untraceable):
            return


def _held(exercise: Exercise, concrete: Sequence[dict[str, int]], rung: Rung) -> Iterator[Scope]:
    """Yield a scope without symbols for each of the sizes that are all above 1."""
    if rung is Rung.SIZES_AS_GIVEN:
        return
    chosen = list(_choices(exercise))
    distinct = [sizes for sizes in concrete if min(sizes.values()) > 1]
    for place, sizes in enumerate(distinct[:_HELD]):
        other = chosen[place % len(chosen)]
        yield msgspec.structs.replace(other, symbolic=(), sizes=dict(sizes))


def _doubted(traces: list[Trace], before: Kept | None, after: Kept | None) -> Iterator[Trace]:
    """Say of the first traces what the later ones show: that something is kept between calls."""
    why = ""
    if before and after:
        why = KEEPS if not before.same(after) else RUNNING if after.running else ""
    for trace in traces:
        if why and isinstance(trace, Fingerprint):
            detail = "; ".join(filter(None, (trace.detail, why)))
            yield msgspec.structs.replace(trace, detail=detail)
        else:
            yield trace


def scopes(exercise: Exercise, concrete: Iterable[dict[str, int]], rung: Rung) -> Iterator[Scope]:
    """Yield the scopes of a rung, each once."""
    weights = {each.name for each in exercise.dimensions if each.weights}
    symbolic = tuple(
        each.name
        for each in exercise.dimensions
        if rung is Rung.EVERY_SIZE
        # A size that depends on a fixed one is fixed, and so is what it depends on.
        or (rung is Rung.EVERY_OTHER_SIZE and weights.isdisjoint(group_of(exercise, each.name)))
    )
    if rung is not Rung.SIZES_AS_GIVEN and not symbolic:
        return
    fixed = [each.name for each in exercise.dimensions if each.name not in symbolic]
    shapes = {tuple(sizes[name] for name in fixed): None for sizes in concrete} if fixed else [()]
    for shape, chosen in product(shapes, _choices(exercise)):
        sizes = dict(zip(fixed, shape, strict=True))
        yield msgspec.structs.replace(chosen, symbolic=symbolic, sizes=sizes)


def _choices(exercise: Exercise) -> Iterator[Scope]:
    """Yield a scope for each combination of what isn't traced: numbers, flags, choices."""
    numbers = [each for each in exercise.parameters if isinstance(each, Number)]
    others = [each for each in exercise.parameters if isinstance(each, Flag | Choice)]
    values: list[tuple[bool | str, ...]] = [
        (False, True) if isinstance(each, Flag) else each.choices for each in others
    ]
    omitted = [(), exercise.optional] if exercise.optional else [()]
    numeric = product(*(each.choices for each in numbers))
    for chosen, other, left_out in product(numeric, product(*values), omitted):
        yield Scope(
            symbolic=(),
            numbers={each.name: value for each, value in zip(numbers, chosen, strict=True)},
            others={each.name: value for each, value in zip(others, other, strict=True)},
            left_out=left_out,
        )


def fingerprint(
    function: Callable[..., Any],
    exercise: Exercise,
    scope: Scope,
    namespace: dict[str, Any] | None = None,
) -> Trace:
    """Trace once in `scope`. Never raises: whatever the learner's code does is a reason."""
    chosen = tuple(each for each in exercise.dimensions if each.name in scope.symbolic)
    try:
        sizes = {**scope.sizes, **_symbols(chosen)}
    except ValueError as error:  # no sizes of the declaration are all above 1
        return Untraceable(scope=scope, reason=_reason(error))
    passed = [each for each in exercise.parameters if each.name not in scope.left_out]
    traced = [each for each in passed if not isinstance(each, Size | Number | Flag | Choice)]
    guard = Guard(namespace)

    def call(*arrays: Any) -> Any:
        given = dict(zip((each.name for each in traced), arrays, strict=True))
        seeds = tuple(given[each.name] for each in traced if isinstance(each, Seed))
        given |= scope.numbers | scope.others | sizes
        plain = [each.name for each in passed if each.name not in exercise.keyword_only]
        named = {each.name: given[each.name] for each in passed if each.name not in plain}
        values = [given[name] for name in plain]
        with guard.watching(sizes, jax.tree.leaves(arrays), seeds, answers):
            return answers.taken_back(function(*values, **named))

    answers = NumpyAnswers(call.__code__)

    try:
        program, result = jax.make_jaxpr(call, return_shape=True)(
            *(_stand_in(each, sizes) for each in traced)
        )
        structure = str(jax.tree.structure(_as_tuples(result)))
        found = digest(program, structure, seeds=_seed_places(traced))
    except NotComparable as error:
        return Untraceable(scope=scope, reason=str(error))
    except BaseException as error:  # noqa: BLE001  # the learner's code can raise anything
        return Untraceable(scope=scope, reason=_reason(answers.cause(error)))
    return Fingerprint(
        scope=scope, digest=found.digest, detail=found.detail, decisions=guard.decisions
    )


def _as_tuples(result: Any) -> Any:
    """Make a tuple of each list and named tuple: the judge takes them for the same."""
    cls = type(result)
    if cls is dict:
        return {key: _as_tuples(each) for key, each in result.items()}
    if cls in (list, tuple) or (issubclass(cls, tuple) and hasattr(cls, "_fields")):
        return tuple(map(_as_tuples, tuple.__iter__(result) if cls is not list else result))
    return result


@cache
def _symbols(dimensions: tuple[Dimension, ...]) -> dict[str, Any]:
    """Return a symbolic size for each dimension, always the same: jax uses it as a cache key."""
    if not dimensions:
        return {}
    texts = {name: str(each) for name, each in _chosen(dimensions, ()).items()}
    bounds = [f"{text} >= 2" for text in _above_one(dimensions, texts)]
    pairs = [(texts[each.name], texts[each.at_most]) for each in dimensions if each.at_most]
    return _chosen(dimensions, (*bounds, *(f"{one} <= {other}" for one, other in pairs)))


def _chosen(dimensions: tuple[Dimension, ...], bounds: tuple[str, ...]) -> dict[str, Any]:
    """Return each size as an expression of those that can be chosen freely, in their order."""
    free = {each.name: _free(each) for each in dimensions if not each.equal_to}
    found = jax.export.symbolic_shape(", ".join(free.values()), constraints=bounds)
    sizes: dict[str, Any] = dict(zip(free, found, strict=True))
    for each in bases_first(dimensions):
        if each.multiple_of:
            sizes[each.name] *= sizes[each.multiple_of]
        elif each.equal_to:
            sizes[each.name] = each.times * sizes[each.equal_to] + each.plus
    return {each.name: sizes[each.name] for each in dimensions}


def _free(dimension: Dimension) -> str:
    """Name what can be chosen: a size, or how often it has the one that it is a multiple of."""
    other = dimension.multiple_of
    return f"{dimension.name}_per_{other}" if other else dimension.name


def _above_one(dimensions: Sequence[Dimension], texts: dict[str, str]) -> Iterator[str]:
    """Yield what is above 1: each size, and how often a multiple has the other."""
    for each in dimensions:
        yield texts[each.name] if each.equal_to else _free(each)


def _stand_in(parameter: Parameter, sizes: dict[str, Any]) -> Any:
    match parameter:
        case Seed():
            return jax.ShapeDtypeStruct((), np.int32, weak_type=True)
        case Array(shape=shape):
            return jax.ShapeDtypeStruct(tuple(sizes[name] for name in shape), np.float32)
        case Integers(shape=shape):
            return jax.ShapeDtypeStruct(tuple(sizes[name] for name in shape), np.int32)
        case Arrays(items=items):
            return tuple(_stand_in(each, sizes) for each in items)
        case Dict(items=items):
            return {each.name: _stand_in(each, sizes) for each in items}
        case Key(typed=typed):
            return jax.eval_shape(jax.random.key if typed else jax.random.PRNGKey, 0)
        case _:
            raise TypeError(f"{parameter} is not traced")


def _seed_places(traced: Sequence[Parameter]) -> tuple[int, ...]:
    """Return the positions of seeds among the flattened inputs."""
    places: list[int] = []
    position = 0
    for each in traced:
        if isinstance(each, Seed):
            places.append(position)
        position += max(1, sum(1 for _ in leaves(each)))
    return tuple(places)


def _reason(error: BaseException) -> str:
    """Describe an error of the learner's code; its methods may raise, too."""
    name = type(error).__name__
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001  # see above
        text = ""
    line = f"{name}: {text}".splitlines()[0] if text else name
    return "".join(each if each.isprintable() else "?" for each in line)[:_REASON_LENGTH]
