"""What the author's `checks.py` says of a submission, case by case, as soon as each has run."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from grader.evidence.seen import in_files, seen_in
from grader.model.case import ArrayValue
from grader.model.observation import (
    Completed,
    MappingResult,
    OpaqueResult,
    Result,
    SequenceResult,
)
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from grader.process.checker import NUMBERS, Checker


class OwnCheck:
    """Adds to a transcript what the author's check says. It starts with the first case.

    `open_checker` returns None if the exercise has no check of its own.
    """

    def __init__(self, open_checker: Callable[[], Checker | None]) -> None:
        self._open = open_checker
        self._opened = False
        self._checker: Checker | None = None
        self._told: dict[int, tuple[Exchange, Exchange]] = {}

    @property
    def fault(self) -> str:
        """What is wrong with the check; empty if nothing is, as far as was seen."""
        fault = self._checker.fault if self._checker is not None else None
        return fault.text if fault is not None else ""

    def told(self, transcript: Transcript) -> Transcript:
        """Return the transcript with what the check says of each case that has an answer."""
        if not transcript.exchanges:
            return transcript
        if not self._opened:
            self._opened, self._checker = True, self._open()
        if self._checker is None:
            return transcript
        checker, played = self._checker, transcript.exchanges
        source = transcript.source
        told = (
            self._with_said(checker, each, played[:at], source) for at, each in enumerate(played)
        )
        return msgspec.structs.replace(transcript, exchanges=tuple(told))

    def end(self) -> None:
        """Stop its process."""
        if self._checker is not None:
            self._checker.end()

    def _with_said(
        self, checker: Checker, exchange: Exchange, before: tuple[Exchange, ...], source: Source
    ) -> Exchange:
        """Ask once for each exchange, however often the transcript is judged."""
        answer = _answer(exchange)
        if exchange.said is not None or answer is None:
            return exchange
        known = self._told.get(id(exchange))
        if known is None:
            shown = in_files(seen_in(exchange, before), source)
            said = checker.say(exchange.case, answer, shown)
            known = exchange, msgspec.structs.replace(exchange, said=said)
            self._told[id(exchange)] = known
        return known[1]


def _answer(exchange: Exchange) -> Result | None:
    """Return an answer like the reference's but for its numbers, None if it is another.

    So an author needn't expect any other: a wrong shape or type has a finding of its own.
    """
    expected, actual = exchange.expected.outcome, exchange.actual.outcome
    if not isinstance(expected, Completed) or not isinstance(actual, Completed):
        return None
    return actual.result if _alike(expected.result, actual.result) else None


def _alike(expected: Result, actual: Result) -> bool:
    """Whether two answers differ in nothing but numbers."""
    match expected, actual:
        case ArrayValue(), ArrayValue():
            return (expected.dtype, expected.shape) == (actual.dtype, actual.shape)
        case SequenceResult(), SequenceResult() if len(expected.items) == len(actual.items):
            return all(map(_alike, expected.items, actual.items))
        case MappingResult(), MappingResult() if expected.items.keys() == actual.items.keys():
            return all(_alike(item, actual.items[key]) for key, item in expected.items.items())
        case OpaqueResult(), OpaqueResult():
            return expected.type_name == actual.type_name and expected.type_name in NUMBERS
        case _:
            return False
