"""The arrays in what a function returned, and their numbers for a report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import permutations

import numpy as np

from grader.compare import Same, compare, numbers
from grader.evidence.look import Look
from grader.evidence.notation import listing
from grader.model.case import ArrayValue
from grader.model.observation import Completed, MappingResult, Observation, Result, SequenceResult

_MOST_NUMBERS = 128
_MOST_ITEMS = 4


def arrays(observation: Observation) -> dict[str, ArrayValue]:
    """Return the arrays of an answer by their places: `""` for a bare one, `[0]`, `['x']`.

    Empty if the function didn't return.
    """
    outcome = observation.outcome
    return dict(_arrays(outcome.result, "")) if isinstance(outcome, Completed) else {}


def _arrays(result: Result, place: str) -> Iterator[tuple[str, ArrayValue]]:
    match result:
        case ArrayValue():
            yield place, result
        case SequenceResult():
            for index, item in enumerate(result.items):
                yield from _arrays(item, f"{place}[{index}]")
        case MappingResult():
            for key, item in result.items.items():
                yield from _arrays(item, f"{place}[{key!r}]")
        case _:
            return


def outputs(look: Look, place: str) -> dict[str, object]:
    """Return both sides' numbers at a place of the answer, as evidence; empty if there are none.

    These are the first 128 numbers, flattened, with None for NaN and infinities.
    """
    wanted = _listed(arrays(look.exchange.expected).get(place))
    found = _listed(arrays(look.exchange.actual).get(place))
    return {"outputs": {"expected": wanted, "actual": found}} if wanted and found else {}


def _listed(value: ArrayValue | None) -> list[float | None]:
    read = numbers(value) if value is not None else None
    if read is None or np.iscomplexobj(read):
        return []
    return [_short(each) for each in read.reshape(-1)[:_MOST_NUMBERS].tolist()]


def _short(number: float) -> float | None:
    return float(f"{number:.9g}") if math.isfinite(number) else None


def also_wrong(looks: Iterable[Look], place: str) -> tuple[str, ...]:
    """Name other wrong items of answers than the one at `place`, in any look."""
    told = place.partition("]")[0] + "]"
    found = {each for look in looks for each in wrong_items(look)} - {told}
    if not found or not place.startswith("["):
        return ()
    named = listing(f"output{each}" for each in sorted(found))
    return (f"{named} {'is' if len(found) == 1 else 'are'} wrong, too.",)


def wrong_items(look: Look) -> Iterator[str]:
    """Yield the places of a tuple's items that aren't what was expected: `[1]`."""
    wanted, found = look.exchange.expected.outcome, look.exchange.actual.outcome
    if not (isinstance(wanted, Completed) and isinstance(found, Completed)):
        return
    theirs, ours = wanted.result, found.result
    if not (isinstance(theirs, SequenceResult) and isinstance(ours, SequenceResult)):
        return
    if len(theirs.items) == len(ours.items):
        for index, pair in enumerate(zip(theirs.items, ours.items, strict=True)):
            if not isinstance(compare(*pair, look.tolerance), Same):
                yield f"[{index}]"


def exchanged(look: Look) -> tuple[int, ...] | None:
    """Return the order of a sequence's returned items, None if they aren't the expected ones.

    `(1, 0)`: the item that should be second came first.
    """
    wanted, found = look.exchange.expected.outcome, look.exchange.actual.outcome
    if (
        not (isinstance(wanted, Completed) and isinstance(found, Completed))
        or not look.answer_wrong
    ):
        return None
    theirs, ours = wanted.result, found.result
    if not (isinstance(theirs, SequenceResult) and isinstance(ours, SequenceResult)):
        return None
    if not len(theirs.items) == len(ours.items) <= _MOST_ITEMS:
        return None
    for order in permutations(range(len(ours.items))):
        pairs = [(theirs.items[index], item) for index, item in zip(order, ours.items, strict=True)]
        if all(isinstance(compare(*pair, look.tolerance), Same) for pair in pairs):
            return order
    return None
