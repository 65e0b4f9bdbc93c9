"""An author's `checks.py` from the judge's point of view: a sandboxed process that runs it alone.

It never gets a submission to run, only what was observed of one.
"""

from __future__ import annotations

from typing import Final

import msgspec

from grader import wire
from grader.model.case import Case
from grader.model.observation import Crashed, OutOfMemory, Result, TimedOut
from grader.model.seen import Seen
from grader.model.transcript import Said
from grader.process.side import Failure, Side

NAME: Final = "checks.py"
_SECONDS: Final = 10.0
"""For one call. It looks at a few dozen numbers; a busy machine may be ten times as slow."""


NUMBERS: Final = frozenset({"float", "int", "bool"})
"""Python's own numbers, which an answer may be instead of an array."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the author's check, in words that begin with its place."""

    text: str


class Checker:
    """Asks the author's check about one case after the other, until it is at fault."""

    def __init__(self, side: Side, text: str) -> None:
        self._side = side
        self._text = text
        self._number = 0
        self._loaded = False
        self.fault: Fault | None = None

    def say(self, case: Case, answer: Result, seen: Seen) -> Said | None:
        """Return what it says of a case; None if it is at fault, or has been before."""
        if self.fault is None and not self._loaded:
            self._load()
        if self.fault is not None:
            return None
        self._number += 1
        ask = wire.Ask(number=self._number, case=case, answer=answer, seen=seen, seconds=_SECONDS)
        return self._said(self._side.ask(ask))

    def end(self) -> None:
        """Stop the process."""
        self._side.end()

    def _load(self) -> None:
        self._side.enter_sandbox()
        self._loaded = True
        self._said(self._side.ask(wire.LoadCheck(name=NAME, text=self._text, seconds=_SECONDS)))

    def _said(self, reply: wire.Reply | Failure) -> Said | None:
        match reply:
            case wire.CheckSaid(number=self._number):
                return reply.said
            case wire.CheckFaulty():
                self.fault = _fault(reply.reason, reply.line)
            case TimedOut():
                line = reply.place.line if reply.place is not None else None
                self.fault = _fault(f"gives no answer within {reply.seconds:g} s", line)
            case OutOfMemory():
                self.fault = _fault("runs out of memory", None)
            case Crashed():
                self.fault = _fault(f"ends its process: {reply.reason}", None)
            case _:
                self.fault = _fault("sends something else than its answer", None)
        return None


def _fault(reason: str, line: int | None) -> Fault:
    where = f"{NAME} line {line}" if line is not None else NAME
    return Fault(text=f"{where}: {' '.join(reason.split())}")
