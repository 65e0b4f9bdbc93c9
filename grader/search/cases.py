"""The cases of a grading, from an exercise's declaration: edges first, then what is drawn.

A shape that is new to a process costs a compilation, a known one a few milliseconds. So a few
shapes are chosen first, and many seeds and values are drawn on them.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from grader.model.exercise import Array, Arrays, Dimension, Exercise, Number, Parameter, Seed, Size
from grader.search.pinned import draw
from grader.search.plan import (
    Plan,
    Sizes,
    distinct_sizes,
    edge_sizes,
    large_sizes,
    small_sizes,
    traced_sizes,
)

LARGEST_SEED: Final = 2**31 - 1
"""`PRNGKey` takes more, but a program that is jitted as a whole gets its seed as an int32."""

_SMALL_SIZES: Final = 4
_SCALES: Final = (1.0, 1.0, 2 / 3, 2.0**-20, 2.0**-7, 2.0**7, 2.0**20)
"""Two thirds give elements that take all bits of a float32, which no smaller type can hold."""


# ------------------------------------------------------------------------------------------ shapes


def drawn_sizes(exercise: Exercise, seed: int, count: int = 4) -> list[Sizes]:
    """Draw sizes over the whole range of each dimension, few weight shapes among them."""
    by_weights = [
        st.fixed_dictionaries(
            {each.name: _size(each) for each in exercise.dimensions if each.weights is weights}
        )
        for weights in (True, False)
    ]
    weight_sizes = draw(by_weights[0], count=(count + 1) // 2, seed=seed) or [{}]
    other_sizes = draw(by_weights[1], count=count, seed=seed) or [{}]
    order = [each.name for each in exercise.dimensions]
    merged = [
        weight_sizes[index % len(weight_sizes)] | other_sizes[index % len(other_sizes)]
        for index in range(count)
    ]
    return [{name: sizes[name] for name in order} for sizes in merged]


def _size(dimension: Dimension) -> st.SearchStrategy[int]:
    return st.integers(min(2, dimension.largest), dimension.largest)


# ------------------------------------------------------------------------------------------- values


def seeds() -> st.SearchStrategy[int]:
    """Seeds over the whole domain, its ends and small ones among them."""
    return st.one_of(
        st.integers(0, LARGEST_SEED),
        st.integers(0, 50),
        st.sampled_from((0, 1, LARGEST_SEED, 2**30)),
    )


def arrays(
    shape: Sequence[int], *, telling: bool, largest_scale: float = max(_SCALES)
) -> st.SearchStrategy[ArrayValue]:
    """Float32 arrays: zeros, negatives, and all of it scaled to be tiny or large.

    Elements are small multiples of a power of two, which a report can show, but for some thirds. A
    `telling` array is of ordinary size and has no two elements alike, so that an order shows.
    """
    size = prod(shape)
    bound = 12 + size if telling else 12
    elements = st.lists(st.integers(-bound, bound), min_size=size, max_size=size, unique=telling)
    allowed = tuple(scale for scale in _SCALES if scale <= largest_scale)
    scales = st.sampled_from((1.0,) if telling else allowed)
    return st.builds(_array, st.just(tuple(shape)), elements, scales)


def _array(shape: tuple[int, ...], elements: list[int], scale: float) -> ArrayValue:
    array = np.array(elements, dtype=np.float32).reshape(shape) * np.float32(scale / 4)
    return ArrayValue.of(array)


def argument(parameter: Parameter, sizes: Sizes, *, telling: bool) -> st.SearchStrategy[Value]:
    """Values of one argument, at these sizes."""

    def of(array: Array) -> st.SearchStrategy[ArrayValue]:
        shape = [sizes[name] for name in array.shape]
        return arrays(shape, telling=telling, largest_scale=array.largest_scale)

    match parameter:
        case Seed():
            return st.builds(lambda value: IntValue(value=value), seeds())
        case Size():
            return st.just(IntValue(value=sizes[parameter.name]))
        case Number():
            numbers = st.sampled_from(parameter.choices)
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
    telling: bool = False,
) -> st.SearchStrategy[Case]:
    """Cases at any of `shapes`; those of an exercise about NumPy have its arrays alone."""
    kinds = (Container.NUMPY,) if exercise.plain_numpy else tuple(containers)

    def at(sizes: Sizes) -> st.SearchStrategy[Case]:
        values = [argument(each, sizes, telling=telling) for each in exercise.parameters]
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
    names = {each.name for each in exercise.parameters if isinstance(each, Seed)}
    arguments = tuple(
        Argument(name=each.name, value=IntValue(value=seed)) if each.name in names else each
        for each in case.arguments
    )
    return msgspec.structs.replace(case, arguments=arguments)


# --------------------------------------------------------------------------------------------- plan


def plan(exercise: Exercise, *, count: int, seed: int) -> Plan:
    """Make the plan of a grading: `count` cases, or all that are fixed if those are more."""
    telling = _telling(exercise, seed)
    edges = _at(edge_sizes(exercise), exercise, seed)
    largest = _at(large_sizes(exercise), exercise, seed + len(edges))
    shapes = [*traced_sizes(exercise), *drawn_sizes(exercise, seed)]
    containers = (Container.JAX, Container.JAX, Container.JAX, Container.NUMPY)
    missing = count - len(telling) - len(edges) - len(largest)
    drawn = draw(cases(exercise, shapes, containers), count=missing, seed=seed + 1)
    return Plan(
        telling=telling,
        edges=edges,
        rest=tuple(sorted((*largest, *drawn), key=_cost)),
        smaller=_smaller(exercise),
    )


def _telling(exercise: Exercise, seed: int) -> tuple[Case, ...]:
    """One shape: two seeds with the same values, one seed with other values, NumPy's arrays."""
    strategy = cases(exercise, [distinct_sizes(exercise)], telling=True)
    first, second, third = _some(strategy, count=3, seed=seed)
    return (
        with_seed(first, exercise, 7),
        with_seed(first, exercise, 0),
        with_seed(second, exercise, 7),
        msgspec.structs.replace(third, container=Container.NUMPY),
        with_seed(second, exercise, LARGEST_SEED),
    )


def _at(shapes: Sequence[Sizes], exercise: Exercise, seed: int) -> tuple[Case, ...]:
    """Two cases with ordinary values at each of `shapes`."""
    found: list[Case] = []
    for index, sizes in enumerate(shapes):
        drawn = _some(cases(exercise, [sizes], telling=True), count=2, seed=seed + index)
        found += [with_seed(drawn[0], exercise, index), *drawn[1:]]
    return tuple(found)


def _some(strategy: st.SearchStrategy[Case], *, count: int, seed: int) -> list[Case]:
    """Draw `count` cases, some of them again where there are no more: sizes have no values."""
    return list(islice(cycle(draw(strategy, count=count, seed=seed)), count))


def _smaller(exercise: Exercise) -> tuple[tuple[Case, ...], ...]:
    """Two cases at each of a few small sizes. Few: each may cost a compilation."""
    found: list[tuple[Case, ...]] = []
    for index, sizes in enumerate(islice(small_sizes(exercise), _SMALL_SIZES)):
        drawn = _some(cases(exercise, [sizes], telling=True), count=2, seed=index)
        found.append(tuple(with_seed(drawn[-1], exercise, each) for each in (0, 1)))
    return tuple(found)


def _cost(case: Case) -> tuple[int, ...]:
    """Sort by shape, so that shapes are met one after the other."""
    return tuple(case.sizes.values())
