"""The values of a case's arguments, drawn by Hypothesis: a strategy for each kind of parameter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, unique
from functools import partial
from math import prod
from typing import Final

import numpy as np
from hypothesis import strategies as st

from grader.model.case import (
    ArrayValue,
    BoolValue,
    DictValue,
    FloatValue,
    IntValue,
    KeyValue,
    Nested,
    TextValue,
    TupleValue,
    Value,
)
from grader.model.exercise import (
    Array,
    Arrays,
    Choice,
    Dict,
    Flag,
    Integers,
    Key,
    Leaves,
    Number,
    Parameter,
    Seed,
    Size,
)
from grader.search.plan import LARGEST_SEED, Sizes

_SCALES: Final = (1.0, 1.0, 2 / 3, 2.0**-20, 2.0**-7, 2.0**7, 2.0**20, 2.0**-100, 2.0**100)
"""Two thirds makes elements use all bits of a float32, so no smaller type can hold them."""
_USUAL_SCALE: Final = 2.0**20
_NON_FINITE: Final = (np.nan, np.inf, -np.inf)
_STEPS: Final = 1000
_PART: Final = 0.618034
"""The part of a step that is added to it, so that a number has digits that rounding takes away."""


@unique
class Sign(IntEnum):
    """The sign that all numbers of an array have."""

    NEGATIVE = -1
    ANY = 0
    POSITIVE = 1


_SIGNS: Final = (Sign.ANY, Sign.ANY, Sign.ANY, Sign.NEGATIVE, Sign.POSITIVE)


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

    Elements are small multiples of a power of two, which a report can show, but for some thirds. A
    `discriminating` array has no two elements alike, so that an order shows. Some of the others
    have one sign: for random numbers, that is rare in all but the smallest arrays.
    """
    size = prod(shape)
    bound = 12 + size if discriminating else 12
    elements = st.lists(
        st.integers(-bound, bound), min_size=size, max_size=size, unique=discriminating
    )
    signs = st.just(Sign.ANY) if discriminating else st.sampled_from(_SIGNS)
    found = st.builds(_array, st.just(tuple(shape)), elements, st.sampled_from(scales), signs)
    return st.one_of(found, found.flatmap(_with_non_finite)) if non_finite and size else found


def _scales(array: Array) -> tuple[float, ...]:
    if array.exact:
        return (1.0,)
    smallest = 1 / max(array.largest_scale, _USUAL_SCALE)
    return tuple(scale for scale in _SCALES if smallest <= scale <= array.largest_scale)


def _array(
    shape: tuple[int, ...], elements: list[int], scale: float, sign: Sign = Sign.ANY
) -> ArrayValue:
    array = np.array(elements, dtype=np.float32).reshape(shape)
    if sign is not Sign.ANY:
        array = np.maximum(np.abs(array), 1) * np.float32(sign)
    return ArrayValue.of(array * np.float32(scale / 4))


def _with_non_finite(value: ArrayValue) -> st.SearchStrategy[ArrayValue]:

    def put(place: int, number: float) -> ArrayValue:
        array = np.array(value.numpy())
        array.reshape(-1)[place] = number
        return ArrayValue.of(array)

    places = st.integers(0, prod(value.shape) - 1)
    return st.builds(put, places, st.sampled_from(_NON_FINITE))


def within(interval: tuple[float, float]) -> st.SearchStrategy[float]:
    """Any number of an interval, with more digits than somebody would round it to."""
    low, high = interval
    steps = st.integers(0, _STEPS - 1)
    return steps.map(lambda step: round(low + (high - low) * (step + _PART) / _STEPS, 9))


def _number(parameter: Number, *, discriminating: bool) -> st.SearchStrategy[float]:
    choices = st.sampled_from(parameter.choices)
    if parameter.interval is None or discriminating:
        return choices
    return st.one_of(choices, within(parameter.interval))


def argument(
    parameter: Parameter, sizes: Sizes, *, discriminating: bool, scaled: bool = True
) -> st.SearchStrategy[Value]:
    """Values of one argument, at these sizes; arrays of ordinary numbers unless they are scaled."""
    match parameter:
        case Array() | Integers() | Arrays() | Dict():
            return nested(parameter, sizes, discriminating=discriminating, scaled=scaled)
        case Size():
            return st.just(IntValue(value=sizes[parameter.name]))
        case _:
            return _plain(parameter, discriminating=discriminating)


def _plain(
    parameter: Seed | Number | Flag | Choice | Key, *, discriminating: bool
) -> st.SearchStrategy[Value]:
    match parameter:
        case Seed():
            return st.builds(lambda value: IntValue(value=value), seeds())
        case Number():
            numbers = _number(parameter, discriminating=discriminating)
            return st.builds(lambda value: FloatValue(value=value), numbers)
        case Flag():
            return st.booleans().map(lambda value: BoolValue(value=value))
        case Choice():
            return st.sampled_from(parameter.choices).map(lambda value: TextValue(value=value))
        case Key():
            return seeds().map(lambda seed: KeyValue(seed=seed, typed=parameter.typed))


def nested(
    leaves: Leaves, sizes: Sizes, *, discriminating: bool, scaled: bool
) -> st.SearchStrategy[Nested]:
    """Arrays, and tuples and dicts of them."""
    within_it = partial(nested, sizes=sizes, discriminating=discriminating, scaled=scaled)
    match leaves:
        case Array():
            return _floats(leaves, sizes, discriminating=discriminating, scaled=scaled)
        case Integers():
            return integers(leaves, sizes, discriminating=discriminating)
        case Arrays():
            return st.builds(_tuple, *map(within_it, leaves.items))
        case Dict():
            names = tuple(each.name for each in leaves.items)
            return st.builds(partial(_dict, names), *map(within_it, leaves.items))


def _floats(
    array: Array, sizes: Sizes, *, discriminating: bool, scaled: bool
) -> st.SearchStrategy[ArrayValue]:
    shape = [sizes[name] for name in array.shape]
    if discriminating or not scaled:
        return arrays(shape, discriminating=discriminating, scales=(1.0,))
    return arrays(shape, discriminating=False, scales=_scales(array), non_finite=array.non_finite)


def integers(
    array: Integers, sizes: Sizes, *, discriminating: bool
) -> st.SearchStrategy[ArrayValue]:
    """Int32 arrays of a range; no two elements are alike if that is wanted and possible."""
    shape = [sizes[name] for name in array.shape]
    size = prod(shape)
    high = array.highest(sizes)
    unique = discriminating and high - array.low + 1 >= size
    elements = st.lists(st.integers(array.low, high), min_size=size, max_size=size, unique=unique)
    return elements.map(lambda found: ArrayValue.of(np.array(found, np.int32).reshape(shape)))


def _tuple(*items: Nested) -> TupleValue:
    return TupleValue(items=items)


def _dict(names: tuple[str, ...], *items: Nested) -> DictValue:
    return DictValue(items=dict(zip(names, items, strict=True)))
