"""Recorded transcripts with one thing changed: close to what programs do, and always decodable."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from hypothesis import strategies as st

from grader.labels import Labelled
from grader.model.case import ArrayValue
from grader.model.observation import (
    Completed,
    Crashed,
    MappingResult,
    Observation,
    OpaqueResult,
    Outcome,
    Raised,
    Result,
    SequenceResult,
    TimedOut,
)
from grader.model.transcript import Exchange, Transcript
from grader.process.soundness import is_sound
from tests.labelled import labelled
from tests.recordings import path_of, replayed

Path = tuple[str | int, ...]

ALL: Final = tuple(each for each in labelled() if path_of(each).exists())
ACCEPTED: Final = tuple(each for each in ALL if not each.expected)
MOST: Final = 12
"""Exchanges of a perturbed recording: some have a hundred, which show no more and take long."""
WORDS: Final = ("params", "batch_stats", "dropout", "Dense", "", "None", "0000000000000007")


@cache
def recorded(each: Labelled) -> Transcript:
    """Return the recorded transcript; each is read once."""
    return replayed(each, path_of(each))


def with_exchanges(transcript: Transcript, exchanges: list[Exchange]) -> Transcript:
    """Return the transcript of another run of the same program."""
    return msgspec.structs.replace(transcript, exchanges=tuple(exchanges))


def with_outcome(exchange: Exchange, outcome: Outcome) -> Exchange:
    """Return the exchange with another outcome on the submission's side."""
    actual = msgspec.structs.replace(exchange.actual, outcome=outcome)
    return msgspec.structs.replace(exchange, actual=actual)


class Change(NamedTuple):
    """One thing to change in what was observed of a call: where, how, and to what."""

    path: Path
    kind: str
    word: str
    number: int


class Perturbed(NamedTuple):
    """A recording and what is changed in it: in its exchange number `first`, or in all of them.

    `answer` says how the submission's answer is made another one, if it is: one of `ANSWERS`.
    """

    each: Labelled
    first: int
    everywhere: bool
    changes: tuple[Change, ...]
    answer: str | None = None

    @property
    def transcript(self) -> Transcript:
        """The recording with the changes made."""
        transcript = recorded(self.each)
        exchanges = list(transcript.exchanges[:MOST])
        for number in range(len(exchanges)):
            if self.everywhere or number == self.first:
                for change in self.changes:
                    exchanges[number] = changed(exchanges[number], change)
                if self.answer is not None:
                    exchanges[number] = with_other_answer(exchanges[number], self.answer)
        return with_exchanges(transcript, exchanges)


@st.composite
def perturbed(
    draw: st.DrawFn,
    some: tuple[Labelled, ...] = ALL,
    answers: st.SearchStrategy[str | None] = st.none(),  # noqa: B008 - it has no state
) -> Perturbed:
    """Change one to six things in what a submission was seen to do, and perhaps its answer."""
    each = draw(st.sampled_from(some))
    exchanges = recorded(each).exchanges[:MOST]
    first = draw(st.integers(0, max(len(exchanges) - 1, 0)))
    changes: list[Change] = []
    if exchanges:
        plain = plain_of(exchanges[first].actual)
        change = st.builds(
            Change,
            path=paths(plain),
            kind=st.sampled_from(CHANGES),
            word=st.sampled_from(WORDS),
            number=st.integers(-2, 3),
        )
        changes = draw(st.lists(change, min_size=1, max_size=6))
    return Perturbed(each, first, draw(st.booleans()), tuple(changes), draw(answers))


CHANGES: Final = ("drop", "double", "swap", "none", "step", "word", "flip")


@st.composite
def paths(draw: st.DrawFn, plain: Any) -> Path:
    """Go down a tree of builtins, a branch at a time: each branch is as likely as its siblings."""
    path: Path = ()
    while steps := _steps(plain):
        if path and draw(st.integers(0, 5)) == 0:
            break
        step = draw(st.sampled_from(steps))
        path, plain = (*path, step), plain[step]
    return path


def _steps(plain: Any) -> list[str | int]:
    if isinstance(plain, dict):
        return list(plain)
    return list(range(len(plain))) if isinstance(plain, list) else []


def plain_of(observation: Observation) -> Any:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(observation))  # with lists, not tuples


def changed(exchange: Exchange, change: Change) -> Exchange:
    """Return the exchange with the place changed; as it is where no worker could send that."""
    plain = plain_of(exchange.actual)
    try:
        change_in(plain, change)
        actual = msgspec.convert(plain, Observation)
    except (KeyError, IndexError, TypeError, msgspec.ValidationError):
        return exchange
    return msgspec.structs.replace(exchange, actual=actual) if is_sound(actual) else exchange


def change_in(plain: Any, change: Change) -> None:
    """Change a tree of builtins in place."""
    parent = plain
    for step in change.path[:-1]:
        parent = parent[step]
    last = change.path[-1]
    value = parent[last]
    match change.kind, value:
        case "drop", _:
            del parent[last]
        case "double", _ if isinstance(parent, list):
            parent.insert(int(last), value)
        case "swap", list():
            value.reverse()
        case "none", _:
            parent[last] = None
        case "flip", bool():
            parent[last] = not value
        case "flip" | "step", bytes():
            parent[last] = bytes([*value[:-1], value[-1] ^ 0x40])
        case "step", int() | float():
            parent[last] = value + change.number
        case "word", str():
            parent[last] = change.word
        case _:
            pass


# ---------------------------------------------------------------------------------------- answers

Numbers = np.ndarray[Any, np.dtype[Any]]

ANSWERS: Final[dict[str, Callable[[Numbers], Numbers]]] = {
    "scaled": lambda array: (array * 1.5).astype(array.dtype),
    "shifted": lambda array: (array + 1).astype(array.dtype),
    "negated": lambda array: -array,
    "reversed": lambda array: array[::-1] if array.ndim else array,
    "first row only": lambda array: array[:1] if array.ndim else array,
    "an axis more": lambda array: array[None],
    "flat": lambda array: array.reshape(-1),
    "in half precision": lambda array: array.astype(np.float16),
    "whole numbers": lambda array: array.astype(np.int32),
    "not numbers": lambda array: array * np.nan,
}
"""Ways to make another answer out of an array of one."""

NO_ANSWERS: Final[dict[str, Outcome]] = {
    "None": Completed(result=OpaqueResult(type_name="NoneType", text="None")),
    "an empty tuple": Completed(result=SequenceResult(type_name="tuple", items=())),
    "raised": Raised(
        exception="ValueError", module="builtins", bases=("Exception",), message="no", frames=()
    ),
    "timed out": TimedOut(seconds=5.0),
    "crashed": Crashed(reason="it ended"),
}


def with_other_answer(exchange: Exchange, kind: str) -> Exchange:
    """Return the exchange with another answer of the submission; as it is where it has none."""
    if kind in NO_ANSWERS:
        return with_outcome(exchange, NO_ANSWERS[kind])
    outcome = exchange.actual.outcome
    if not isinstance(outcome, Completed):
        return exchange
    return with_outcome(exchange, Completed(result=_mapped(outcome.result, ANSWERS[kind])))


def _mapped(result: Result, change: Callable[[Numbers], Numbers]) -> Result:
    """Apply `change` to every array of floats in an answer."""
    match result:
        case ArrayValue(dtype="float32"):
            with np.errstate(all="ignore"):  # some numbers are too large for other types
                return ArrayValue.of(change(result.numpy()))
        case SequenceResult():
            items = tuple(_mapped(each, change) for each in result.items)
            return msgspec.structs.replace(result, items=items)
        case MappingResult():
            inner = {name: _mapped(each, change) for name, each in result.items.items()}
            return msgspec.structs.replace(result, items=inner)
        case _:
            return result


def answered(exchange: Exchange, by: float) -> Exchange:
    """Return the exchange in which the submission's answer is the reference's, times `by`."""
    outcome = exchange.expected.outcome
    assert isinstance(outcome, Completed)
    result = _mapped(outcome.result, lambda array: (array * by).astype(array.dtype))
    return with_outcome(exchange, Completed(result=result))
