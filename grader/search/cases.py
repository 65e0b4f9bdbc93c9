"""The cases of a grading, made from an exercise's declaration: edge cases first, then random ones.

A new shape costs a process a compilation, a known shape a few milliseconds. So a few shapes are
chosen first, and then many seeds and values are drawn for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import cycle, islice
from math import prod
from typing import Final

import msgspec
import numpy as np
from hypothesis import strategies as st

from grader.model.case import (
    Argument,
    ArrayValue,
    Case,
    Container,
    FloatValue,
    IntValue,
    TupleValue,
    Value,
)
from grader.model.exercise import Array, Arrays, Exercise, Number, Parameter, Seed, Size
from grader.search.coverage import covering_sizes, far_sizes, reshaped_sizes
from grader.search.pinned import draw, draw_one
from grader.search.plan import (
    Plan,
    Sizes,
    distinct_sizes,
    edge_sizes,
    largest_sizes,
    small_sizes,
    traced_sizes,
)

LARGEST_SEED: Final = 2**31 - 1
"""`PRNGKey` accepts more, but a program that is jitted as a whole gets its seed as an int32."""

_SMALL_SIZES: Final = 4
_SCALES: Final = (1.0, 1.0, 2 / 3, 2.0**-20, 2.0**-7, 2.0**7, 2.0**20, 2.0**-100, 2.0**100)
"""Two thirds makes elements use all bits of a float32, so no smaller type can hold them."""
_USUAL_SCALE: Final = 2.0**20
_NON_FINITE: Final = (np.nan, np.inf, -np.inf)
_STEPS: Final = 1000


# ------------------------------------------------------------------------------------------- values


def seeds() -> st.SearchStrategy[int]:
    """Seeds over the whole domain, including both ends and small ones."""
    return st.one_of(
        st.integers(0, LARGEST_SEED),
        st.integers(0, 50),
        st.sampled_from((0, 1, LARGEST_SEED, 2**30)),
    )


def arrays(
    shape: Sequence[int], *, discriminating: bool, scales: Sequence[float], non_finite: bool = False
) -> st.SearchStrategy[ArrayValue]:
    """Float32 arrays: zeros, negatives, and all of it scaled to be tiny or large.

    Elements are small multiples of a power of two, which a report can show, except for some thirds.
    A `discriminating` array has no two elements alike, so that an order shows.
    """
    size = prod(shape)
    bound = 12 + size if discriminating else 12
    elements = st.lists(
        st.integers(-bound, bound), min_size=size, max_size=size, unique=discriminating
    )
    found = st.builds(_array, st.just(tuple(shape)), elements, st.sampled_from(scales))
    return st.one_of(found, found.flatmap(_with_non_finite)) if non_finite and size else found


def _scales(array: Array) -> tuple[float, ...]:
    smallest = 1 / max(array.largest_scale, _USUAL_SCALE)
    return tuple(scale for scale in _SCALES if smallest <= scale <= array.largest_scale)


def _array(shape: tuple[int, ...], elements: list[int], scale: float) -> ArrayValue:
    array = np.array(elements, dtype=np.float32).reshape(shape) * np.float32(scale / 4)
    return ArrayValue.of(array)


def _with_non_finite(value: ArrayValue) -> st.SearchStrategy[ArrayValue]:

    def put(place: int, number: float) -> ArrayValue:
        array = np.array(value.numpy())
        array.reshape(-1)[place] = number
        return ArrayValue.of(array)

    places = st.integers(0, prod(value.shape) - 1)
    return st.builds(put, places, st.sampled_from(_NON_FINITE))


def within(interval: tuple[float, float]) -> st.SearchStrategy[float]:
    """Any number of an interval, with more digits than a choice has."""
    low, high = interval
    steps = st.integers(0, _STEPS - 1)
    return steps.map(lambda step: round(low + (high - low) * (step + 0.5) / _STEPS, 9))


def _number(parameter: Number, *, discriminating: bool) -> st.SearchStrategy[float]:
    choices = st.sampled_from(parameter.choices)
    if parameter.interval is None or discriminating:
        return choices
    return st.one_of(choices, within(parameter.interval))


def argument(
    parameter: Parameter, sizes: Sizes, *, discriminating: bool, scaled: bool = True
) -> st.SearchStrategy[Value]:
    """Values of one argument, at these sizes; arrays of ordinary numbers unless they are scaled."""

    def of(array: Array) -> st.SearchStrategy[ArrayValue]:
        shape = [sizes[name] for name in array.shape]
        if discriminating or not scaled:
            return arrays(shape, discriminating=discriminating, scales=(1.0,))
        return arrays(
            shape, discriminating=False, scales=_scales(array), non_finite=array.non_finite
        )

    match parameter:
        case Seed():
            return st.builds(lambda value: IntValue(value=value), seeds())
        case Size():
            return st.just(IntValue(value=sizes[parameter.name]))
        case Number():
            numbers = _number(parameter, discriminating=discriminating)
            return st.builds(lambda value: FloatValue(value=value), numbers)
        case Array():
            return of(parameter)
        case Arrays():
            items = [of(each) for each in parameter.items]
            return st.builds(lambda *values: TupleValue(items=values), *items)


def cases(
    exercise: Exercise,
    shapes: Sequence[Sizes],
    containers: Sequence[Container] = (Container.JAX,),
    *,
    discriminating: bool = False,
    scaled: bool = True,
) -> st.SearchStrategy[Case]:
    """Cases with any of `shapes`; an exercise about NumPy gets only NumPy arrays."""
    kinds = (Container.NUMPY,) if exercise.plain_numpy else tuple(containers)

    def at(sizes: Sizes) -> st.SearchStrategy[Case]:
        values = [
            argument(each, sizes, discriminating=discriminating, scaled=scaled)
            for each in exercise.parameters
        ]
        return st.builds(
            lambda container, *drawn: Case(
                arguments=tuple(
                    Argument(name=parameter.name, value=value)
                    for parameter, value in zip(exercise.parameters, drawn, strict=True)
                ),
                sizes=sizes,
                container=container,
            ),
            st.sampled_from(kinds),
            *values,
        )

    return st.sampled_from(list(shapes)).flatmap(at)


def with_seed(case: Case, exercise: Exercise, seed: int) -> Case:
    """Return the case with every seed argument set to `seed`."""
    names = [each.name for each in exercise.parameters if isinstance(each, Seed)]
    return _replaced(case, dict.fromkeys(names, IntValue(value=seed)))


def with_numbers(case: Case, exercise: Exercise, seed: int) -> Case:
    """Return the case with every number drawn from its interval, where it has one."""
    numbers: dict[str, Value] = {
        each.name: FloatValue(value=draw_one(within(each.interval), seed=seed))
        for each in exercise.parameters
        if isinstance(each, Number) and each.interval is not None
    }
    return _replaced(case, numbers)


def _replaced(case: Case, values: Mapping[str, Value]) -> Case:
    arguments = tuple(
        Argument(name=each.name, value=values.get(each.name, each.value)) for each in case.arguments
    )
    return msgspec.structs.replace(case, arguments=arguments)


# --------------------------------------------------------------------------------------------- plan


def plan(exercise: Exercise, *, count: int, seed: int) -> Plan:
    """Make the plan of a grading: `count` cases, or all fixed cases if there are more of those."""
    discriminating = _discriminating(exercise, seed)
    edges = _at(edge_sizes(exercise), exercise, seed)
    largest = _at([largest_sizes(exercise)], exercise, seed + len(edges))
    missing = count - len(discriminating) - len(edges) - len(largest)
    drawn = _drawn(exercise, discriminating[0], missing, seed) if missing > 0 else ()
    return Plan(
        discriminating=discriminating,
        edges=edges,
        rest=tuple(sorted((*largest, *drawn), key=partial(_cost, exercise))),
        smaller=_smaller(exercise),
    )


def _drawn(exercise: Exercise, first: Case, count: int, seed: int) -> list[Case]:
    """Draw cases: one at each size that was not met, one far above the usual, and then any."""
    containers = (Container.JAX, Container.JAX, Container.JAX, Container.NUMPY)
    reshaped = _reshaped(exercise, first, seed)
    fixed = [*traced_sizes(exercise), *(each.sizes for each in reshaped)]
    covering = covering_sizes(exercise, fixed, seed)
    far = far_sizes(exercise)
    once = [*covering, far] if far is not None else covering
    each_once = st.tuples(*(cases(exercise, [sizes], containers, scaled=False) for sizes in once))
    met = draw_one(each_once, seed=seed + 1)
    found = [*reshaped, *met]
    more = cases(exercise, [*fixed, *covering], containers)
    return [*found[:count], *draw(more, count=count - len(found), seed=seed + 2)]


def _reshaped(exercise: Exercise, first: Case, seed: int) -> list[Case]:
    """Return the first case with the same arguments, but an array in another shape."""
    sizes = reshaped_sizes(exercise)
    if sizes is None:
        return []
    drawn = draw_one(cases(exercise, [sizes], discriminating=True), seed=seed)
    same = [each.name for each in exercise.parameters if isinstance(each, Seed | Number)]
    values = {name: first[name] for name in same}
    return [_replaced(drawn, values | _in_shapes_of(drawn, first))]


def _in_shapes_of(drawn: Case, first: Case) -> dict[str, Value]:
    """Return the first case's arrays in the shapes of the drawn ones, where they fit."""
    arrays = ((each.name, first[each.name], each.value) for each in drawn.arguments)
    return {
        name: msgspec.structs.replace(value, shape=other.shape)
        for name, value, other in arrays
        if isinstance(value, ArrayValue)
        and isinstance(other, ArrayValue)
        and prod(value.shape) == prod(other.shape)
    }


def _discriminating(exercise: Exercise, seed: int) -> tuple[Case, ...]:
    """One shape: two seeds with the same values, one seed with other values, NumPy arrays."""
    strategy = cases(exercise, [distinct_sizes(exercise)], discriminating=True)
    first, second, third = _some(strategy, count=3, seed=seed)
    return (
        with_seed(first, exercise, 7),
        with_seed(first, exercise, 0),
        with_seed(second, exercise, 7),
        with_numbers(msgspec.structs.replace(third, container=Container.NUMPY), exercise, seed),
        with_seed(second, exercise, LARGEST_SEED),
    )


def _at(shapes: Sequence[Sizes], exercise: Exercise, seed: int) -> tuple[Case, ...]:
    """Two cases with ordinary values at each of `shapes`."""
    found: list[Case] = []
    for index, sizes in enumerate(shapes):
        drawn = _some(cases(exercise, [sizes], discriminating=True), count=2, seed=seed + index)
        found += [
            with_seed(drawn[0], exercise, index),
            with_numbers(drawn[1], exercise, seed + index),
        ]
    return tuple(found)


def _some(strategy: st.SearchStrategy[Case], *, count: int, seed: int) -> list[Case]:
    """Draw `count` cases; repeat some if there aren't enough, as when all arguments are sizes."""
    return list(islice(cycle(draw(strategy, count=count, seed=seed)), count))


def _smaller(exercise: Exercise) -> tuple[tuple[Case, ...], ...]:
    """Two cases at each of a few small sizes. Few: each may cost a compilation."""
    found: list[tuple[Case, ...]] = []
    for index, sizes in enumerate(islice(small_sizes(exercise), _SMALL_SIZES)):
        drawn = _some(cases(exercise, [sizes], discriminating=True), count=2, seed=index)
        found.append(tuple(with_seed(drawn[-1], exercise, each) for each in (0, 1)))
    return tuple(found)


def _cost(exercise: Exercise, case: Case) -> tuple[tuple[int, ...], ...]:
    """Sort by the weights' shape, then by the others: what is met again is compiled already."""
    weights = tuple(case.sizes[each.name] for each in exercise.dimensions if each.weights)
    return weights, tuple(case.sizes.values())
