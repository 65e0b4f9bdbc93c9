"""Compares two results: kind, rank, shape, dtype, values; nothing is coerced."""

from __future__ import annotations

import math
from itertools import count

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.model.case import ArrayValue, Case, arrays_of
from grader.model.observation import (
    MappingResult,
    Observation,
    OpaqueResult,
    OversizedResult,
    Result,
    SequenceResult,
)

Numbers = NDArray[np.float64] | NDArray[np.complex128]

_EPSILON = float(np.finfo(np.float32).eps)
_SMALLEST = float(np.finfo(np.float32).tiny)


class Tolerance(msgspec.Struct, frozen=True, kw_only=True):
    """How much values may differ: `relative * |expected| + absolute`, element by element."""

    relative: float = 1e-5
    absolute: float = 0.0


class Same(msgspec.Struct, frozen=True, kw_only=True, tag="same"):
    """Everything is equal, the values within the tolerance."""


class OtherKind(msgspec.Struct, frozen=True, kw_only=True, tag="other-kind"):
    """Not an array although one was expected, or another structure. Both are described in words."""

    place: str
    expected: str
    actual: str


class OtherShape(msgspec.Struct, frozen=True, kw_only=True, tag="other-shape"):
    """An array of another shape. Its dtype and its numbers were not compared."""

    place: str
    expected: tuple[int, ...]
    actual: tuple[int, ...]


class OtherType(msgspec.Struct, frozen=True, kw_only=True, tag="other-type"):
    """The shape agrees, the dtype doesn't; `values_agree` if only the dtype differs."""

    place: str
    expected: str
    actual: str
    values_agree: bool


class OtherValues(msgspec.Struct, frozen=True, kw_only=True, tag="other-values"):
    """Shape and dtype agree; `wrong` of `size` elements don't. `index` is the worst element's."""

    place: str
    wrong: int
    size: int
    index: tuple[int, ...]
    expected: float
    actual: float


Comparison = Same | OtherKind | OtherShape | OtherType | OtherValues


def numbers(value: ArrayValue) -> Numbers | None:
    """Return the array in double precision; None if it has no readable numbers."""
    try:
        if value.dtype == "bfloat16":
            halves = np.frombuffer(value.data, dtype="<u2").astype(np.uint32) << 16
            return halves.view(np.float32).astype(np.float64).reshape(value.shape)
        array = value.numpy()
    except (TypeError, ValueError):
        return None
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        if array.dtype.kind == "c":
            return array.astype(np.complex128)
        return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def close(expected: Numbers, actual: Numbers, tolerance: Tolerance) -> NDArray[np.bool_]:
    """Compare two arrays of one shape, element by element. NaN equals NaN, inf the same inf."""
    with np.errstate(all="ignore"):
        allowed = tolerance.relative * np.abs(expected) + tolerance.absolute
        near = np.abs(actual - expected) <= allowed
    finite = np.isfinite(expected) & np.isfinite(actual)
    alike = (actual == expected) | (np.isnan(expected) & np.isnan(actual))
    return np.where(finite, near, alike)


def tolerance_of(case: Case, expected: Observation, factor: float) -> Tolerance:
    """Return the tolerance for a case: any correct order of operations stays within it.

    A sum of `n` products of inputs and parameters is rounded at most `n` times, each time by
    `eps * |input| * |parameter|`, even if the sum itself is small because terms cancel.
    `factor` is specific to the exercise.
    """
    variables = [each for root in expected.record.roots for each in (*root.given, *root.made)]
    contraction = max((math.prod(each.type.shape[:-1]) for each in variables), default=1)
    magnitudes = [abs(each.largest or 0.0) for each in variables]
    weight = max(filter(math.isfinite, magnitudes), default=0.0)
    product = _largest_input(case) * max(1.0, weight)
    absolute = 8 * _EPSILON * max(1, contraction) * product + _SMALLEST
    return Tolerance(relative=1e-5 * factor, absolute=absolute * factor)


def _largest_input(case: Case) -> float:
    """Return the largest finite magnitude among the array arguments, 1 if there are none."""
    arrays = [array for each in case.arguments for array in arrays_of(each.value)]
    read = [each for each in map(numbers, arrays) if each is not None]
    magnitudes = [np.abs(each[np.isfinite(each)]) for each in read]
    return float(max((each.max() for each in magnitudes if each.size), default=1.0))


def compare(expected: Result, actual: Result, tolerance: Tolerance, place: str = "") -> Comparison:
    """Compare two results and return the first difference.

    Tuples and lists count as the same container, and so do all mappings: what matters is the
    arrays in them.
    """
    match expected, actual:
        case SequenceResult(), SequenceResult() if len(expected.items) == len(actual.items):
            pairs = zip(count(), expected.items, actual.items, strict=False)
            return _first([compare(e, a, tolerance, f"{place}[{n}]") for n, e, a in pairs])
        case MappingResult(), MappingResult() if expected.items.keys() == actual.items.keys():
            both = ((key, expected.items[key], actual.items[key]) for key in expected.items)
            return _first([compare(e, a, tolerance, f"{place}[{n!r}]") for n, e, a in both])
        case (ArrayValue() | OversizedResult(), ArrayValue() | OversizedResult()):
            return _compare_arrays(expected, actual, tolerance, place)
        case OpaqueResult(), OpaqueResult() if expected == actual:
            return Same()
        case OpaqueResult(type_name="float"), OpaqueResult(type_name="float"):
            return _compare_floats(float(expected.text), float(actual.text), tolerance, place)
        case _:
            return OtherKind(place=place, expected=kind_text(expected), actual=kind_text(actual))


def _compare_floats(expected: float, actual: float, tolerance: Tolerance, place: str) -> Comparison:
    """Compare two Python floats, which are sent as texts."""
    if close(np.array(expected), np.array(actual), tolerance).all():
        return Same()
    return OtherValues(place=place, wrong=1, size=1, index=(), expected=expected, actual=actual)


def _first(comparisons: list[Comparison]) -> Comparison:
    return next((each for each in comparisons if not isinstance(each, Same)), Same())


def _compare_arrays(
    expected: ArrayValue | OversizedResult,
    actual: ArrayValue | OversizedResult,
    tolerance: Tolerance,
    place: str,
) -> Comparison:
    if expected.shape != actual.shape:
        return OtherShape(place=place, expected=expected.shape, actual=actual.shape)
    difference = _compare_values(expected, actual, tolerance, place)
    if expected.dtype == actual.dtype:
        return difference
    agree = isinstance(difference, Same) or _agree_as(actual.dtype, expected, actual)
    return OtherType(place=place, expected=expected.dtype, actual=actual.dtype, values_agree=agree)


def _compare_values(
    expected: ArrayValue | OversizedResult,
    actual: ArrayValue | OversizedResult,
    tolerance: Tolerance,
    place: str,
) -> Comparison:
    if isinstance(expected, OversizedResult) or isinstance(actual, OversizedResult):
        return Same() if type(expected) is type(actual) else _unreadable(expected, place)
    wanted, found = numbers(expected), numbers(actual)
    if wanted is None or found is None:
        same = expected.data == actual.data
        return Same() if same else _unreadable(expected, place)
    wrong = ~close(wanted, found, tolerance)
    count = int(np.count_nonzero(wrong))
    if not count:
        return Same()
    index = _worst(wanted, found, wrong)
    return OtherValues(
        place=place,
        wrong=count,
        size=wrong.size,
        index=index,
        expected=float(wanted[index].real),
        actual=float(found[index].real),
    )


def _worst(wanted: Numbers, found: Numbers, wrong: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the index of the element with the largest error, the first of equals."""
    with np.errstate(all="ignore"):
        distance = np.nan_to_num(np.abs(found - wanted), nan=np.inf, posinf=np.inf)
    flat = int(np.argmax(np.where(wrong, distance, -1.0)))
    return tuple(int(each) for each in np.unravel_index(flat, wrong.shape))


def _unreadable(expected: ArrayValue | OversizedResult, place: str) -> OtherValues:
    size = math.prod(expected.shape)
    return OtherValues(
        place=place, wrong=size, size=size, index=(), expected=math.nan, actual=math.nan
    )


def _agree_as(
    dtype: str, expected: ArrayValue | OversizedResult, actual: ArrayValue | OversizedResult
) -> bool:
    """Whether the numbers agree within the precision of the coarser type that came back."""
    coarse = {"float16": 2e-3, "bfloat16": 2e-2}.get(dtype)
    if isinstance(expected, OversizedResult) or isinstance(actual, OversizedResult):
        return False
    wanted, found = numbers(expected), numbers(actual)
    if wanted is None or found is None:
        return False
    if coarse is None:
        whole = np.dtype(dtype).kind in "iu"
        return whole and bool(np.all(np.abs(np.trunc(wanted) - found) <= 1))
    scale = float(np.max(np.abs(wanted[np.isfinite(wanted)]), initial=0.0))
    loose = Tolerance(relative=coarse, absolute=coarse * scale)
    return bool(np.all(close(wanted, found, loose)))


def kind_text(result: Result) -> str:
    """Describe a result in words: `an array f32[6]`, `a tuple of 2`, `None`."""
    match result:
        case ArrayValue() | OversizedResult():
            return "an array"
        case SequenceResult():
            return f"a {result.type_name} of {len(result.items)}"
        case MappingResult():
            return f"a {result.type_name} with {', '.join(map(repr, result.items)) or 'nothing'}"
        case OpaqueResult():
            return result.text
