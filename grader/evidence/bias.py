"""Numbers that are all a little too large, or all too small: rounding isn't so one-sided.

Such a deviation can be within the tolerance of each case and still not be rounding.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.compare import Same, numbers
from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.model.case import ArrayValue

_NOTABLE: Final = 1e-5
"""Relative deviations from here on count. Where a sum doesn't cancel, rounding stays far below."""
_LARGE: Final = 0.1
"""Elements count that have at least this share of the largest one: smaller ones may cancel."""
_LEAST_CASES: Final = 8
_LEAST_ELEMENTS: Final = 40
_ONE_SIDED: Final = 0.97


class Bias(msgspec.Struct, frozen=True, kw_only=True):
    """How far the numbers at `place` of a result lie to one side, over all cases.

    `usual` is the median of the relative deviations, with its sign. `look` shows the largest.
    """

    place: str
    usual: float
    elements: int
    cases: int
    look: Look


def bias(looks: Iterable[Look]) -> Bias | None:
    """Return the first one-sided deviation among answers that are all within the tolerance."""
    same = [look for look in looks if isinstance(look.comparison, Same)]
    places = dict.fromkeys(place for look in same for place in arrays(look.exchange.expected))
    found = (_bias(place, same) for place in places)
    return next((each for each in found if each is not None), None)


def _bias(place: str, looks: list[Look]) -> Bias | None:
    deviating = [(look, _notable(look, place)) for look in looks]
    deviating = [(look, found) for look, found in deviating if found.size]
    if len({msgspec.msgpack.encode(look.case) for look, _ in deviating}) < _LEAST_CASES:
        return None
    everything = np.concatenate([found for _, found in deviating])
    above = float(np.mean(everything > 0))
    if everything.size < _LEAST_ELEMENTS or max(above, 1 - above) < _ONE_SIDED:
        return None
    return Bias(
        place=place,
        usual=float(np.median(everything)),
        elements=everything.size,
        cases=len(deviating),
        look=max(deviating, key=lambda each: float(np.max(np.abs(each[1]))))[0],
    )


def _notable(look: Look, place: str) -> NDArray[np.float64]:
    """Return the relative deviations that are more than rounding usually explains."""
    wanted = arrays(look.exchange.expected).get(place)
    found = arrays(look.exchange.actual).get(place)
    if wanted == found:
        return np.empty(0)
    expected, actual = _numbers(wanted), _numbers(found)
    if expected is None or actual is None or expected.shape != actual.shape:
        return np.empty(0)
    sizes = np.abs(expected)
    usable = np.isfinite(expected) & np.isfinite(actual)
    usable &= sizes >= max(_LARGE * sizes[usable].max(initial=0.0), np.finfo(np.float32).tiny)
    deviations: NDArray[np.float64] = actual[usable] / expected[usable] - 1
    return deviations[np.abs(deviations) >= _NOTABLE]


def _numbers(value: ArrayValue | None) -> NDArray[np.float64] | None:
    read = numbers(value) if value is not None and value.dtype.startswith("float") else None
    return read.astype(np.float64).reshape(-1) if read is not None else None
