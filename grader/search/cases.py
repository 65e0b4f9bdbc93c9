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
from hypothesis import strategies as st

from grader.model.case import (
    Argument,
    ArrayValue,
    BoolValue,
    Case,
    Container,
    FloatValue,
    IntValue,
    KeyValue,
    TextValue,
    Value,
)
from grader.model.exercise import (
    Choice,
    Exercise,
    Flag,
    Key,
    Number,
    Seed,
)
from grader.search.coverage import covering_sizes, far_sizes, reshaped_sizes
from grader.search.pinned import draw, draw_one
from grader.search.plan import (
    LARGEST_SEED,
    Plan,
    Sizes,
    distinct_sizes,
    edge_sizes,
    largest_sizes,
    small_sizes,
    traced_sizes,
)
from grader.search.values import argument, within

_SMALL_SIZES: Final = 4


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
        found = st.builds(
            lambda container, *drawn: Case(
                arguments=tuple(
                    Argument(
                        name=parameter.name,
                        value=value,
                        by_name=parameter.name in exercise.keyword_only,
                    )
                    for parameter, value in zip(exercise.parameters, drawn, strict=True)
                ),
                sizes=sizes,
                container=container,
            ),
            st.sampled_from(kinds),
            *values,
        )
        if not exercise.optional or discriminating:
            return found
        return st.one_of(found, found.map(lambda case: without(case, exercise.optional)))

    # One strategy for each shape, not for each draw: Hypothesis checks each that it hasn't met.
    return st.sampled_from([at(sizes) for sizes in shapes]).flatmap(_itself)


def _itself(strategy: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    return strategy


def without(case: Case, names: Sequence[str]) -> Case:
    """Return the case without some of its arguments, which then have their defaults."""
    kept = tuple(each for each in case.arguments if each.name not in names)
    return msgspec.structs.replace(case, arguments=kept)


def otherwise(case: Case, exercise: Exercise) -> Case:
    """Return the case with every flag turned, the next choice, and no optional argument."""
    values: dict[str, Value] = {}
    for each in exercise.parameters:
        value = case.given(each.name)
        if isinstance(value, BoolValue):
            values[each.name] = BoolValue(value=not value.value)
        elif isinstance(value, TextValue) and isinstance(each, Choice):
            place = each.choices.index(value.value) + 1
            values[each.name] = TextValue(value=each.choices[place % len(each.choices)])
    return without(_replaced(case, values), exercise.optional)


def with_seed(case: Case, exercise: Exercise, seed: int) -> Case:
    """Return the case with every seed argument set to `seed`, and every key made of it."""
    values: dict[str, Value] = {}
    for each in exercise.parameters:
        if isinstance(each, Seed):
            values[each.name] = IntValue(value=seed)
        elif isinstance(each, Key):
            values[each.name] = KeyValue(seed=seed, typed=each.typed)
    return _replaced(case, values)


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
        msgspec.structs.replace(each, value=values.get(each.name, each.value))
        for each in case.arguments
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
    kinds = Seed | Number | Flag | Choice | Key
    same = [each.name for each in exercise.parameters if isinstance(each, kinds)]
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
    third = otherwise(third, exercise)
    return (
        with_seed(first, exercise, 7),
        with_seed(first, exercise, 0),
        with_seed(second, exercise, 7),
        with_numbers(msgspec.structs.replace(third, container=Container.NUMPY), exercise, seed),
        with_seed(second, exercise, LARGEST_SEED),
        *_retrained(exercise, with_seed(first, exercise, 7)),
    )


def _retrained(exercise: Exercise, *found: Case) -> tuple[Case, ...]:
    """Return cases with changed weights, where the exercise asks for a class that has some."""
    if exercise.flax_class is None:
        return ()
    return tuple(msgspec.structs.replace(each, retrained=True) for each in found)


def _at(shapes: Sequence[Sizes], exercise: Exercise, seed: int) -> tuple[Case, ...]:
    """Two cases with ordinary values at each of `shapes`."""
    found: list[Case] = []
    for index, sizes in enumerate(shapes):
        drawn = _some(cases(exercise, [sizes], discriminating=True), count=2, seed=seed + index)
        found += [
            with_seed(drawn[0], exercise, index),
            with_numbers(otherwise(drawn[1], exercise), exercise, seed + index),
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
        both = tuple(with_seed(drawn[-1], exercise, each) for each in (0, 1))
        found.append((*both, *_retrained(exercise, both[0])))
    return tuple(found)


def _cost(exercise: Exercise, case: Case) -> tuple[tuple[int, ...], ...]:
    """Sort by the weights' shape, then by the others: what is met again is compiled already."""
    weights = tuple(case.sizes[each.name] for each in exercise.dimensions if each.weights)
    return weights, tuple(case.sizes.values())
