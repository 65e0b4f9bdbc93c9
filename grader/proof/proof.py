"""The proof that a submission computes what the reference does, sought beside the executed cases.

Tracing runs the learner's function, on stand-ins for its arguments. It does so in a process of its
own: what it leaves behind there, or a trace that never ends, changes nothing for the cases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from grader.compare import Same, compare, tolerance_of
from grader.model.exercise import Exercise
from grader.model.observation import Completed, Loaded
from grader.model.report import Equivalence, Equivalent
from grader.model.source import Source
from grader.model.trace import Trace
from grader.model.transcript import Exchange, Transcript
from grader.process.side import Side
from grader.proof.equivalence import compare as compare_traces
from grader.proof.transparency import Reach, transparency

_TRACE_SECONDS: Final = 10.0


class Reference(Protocol):
    """What knows the right program: its text, and its traces in the scopes that were asked for."""

    text: str

    def trace(self, sizes: tuple[dict[str, int], ...]) -> tuple[Trace, ...]:
        """Trace it with symbolic sizes, and with `sizes`."""


class Proof:
    """One submission's proof. `sizes` are what to fall back on where sizes can't be symbolic."""

    def __init__(
        self,
        reference: Reference,
        source: Source,
        exercise: Exercise,
        sizes: tuple[dict[str, int], ...],
    ) -> None:
        self._reference = reference
        self._exercise = exercise
        self._sizes = sizes
        self._texts = (
            transparency(reference.text, exercise),
            transparency(source.text, exercise),
        )
        self._side: Side | None = None
        self._traces: tuple[Trace, ...] | None = None
        self._wanted = False
        self._seconds = _TRACE_SECONDS
        self._waited = False
        self._loaded = False

    def begin(self, open_side: Callable[[], Side], *, wanted: bool, seconds: float) -> None:
        """Have a process load the submission, and trace it unless its text rules a proof out.

        Loading may take `seconds`, and so may tracing, but no more than ten.
        """
        self._wanted = wanted
        self._seconds = min(seconds, _TRACE_SECONDS)
        self._side = open_side()
        self._side.begin_load(seconds)
        if not wanted or any(text.reach is Reach.NOTHING for text in self._texts):
            self._traces = ()
        else:
            self._side.begin_trace(self._sizes)

    def player(self) -> Side | None:
        """Return the process when it has traced, for cases to be played in; None if it failed.

        Only a program that can keep no state is traced, so there is nothing that a trace has
        left behind.
        """
        self._finish()
        side = self._side
        return side if side is not None and self._loaded and side.failure is None else None

    def abandon(self) -> None:
        """End the process; whoever waits for it has nothing then."""
        if self._side is not None:
            self._side.end()

    def proved(self) -> bool:
        """Wait for the trace, and say whether it is the reference's."""
        return self._compared(values_differ=False).status is Equivalent.PROVED

    @property
    def traced(self) -> bool:
        """Whether there is a trace to compare with others."""
        return bool(self._traces) and self._texts[1].reach is not Reach.NOTHING

    def is_same(self, text: str, traces: tuple[Trace, ...]) -> bool:
        """Whether the submission is proved to compute what another program does."""
        found = compare_traces(
            self._exercise,
            traces,
            self._traces or (),
            reference=transparency(text, self._exercise),
            submission=self._texts[1],
        )
        return found.status is Equivalent.PROVED

    def equivalence(self, transcript: Transcript) -> Equivalence:
        """Say what is known in the end: a case that differs refutes any proof."""
        differs = any(self._differs(each) for each in transcript.exchanges)
        if not self._waited and not differs:
            return Equivalence(status=Equivalent.UNKNOWN, scope="not looked at")
        return self._compared(values_differ=differs)

    def _compared(self, *, values_differ: bool) -> Equivalence:
        if not self._wanted:
            return Equivalence(status=Equivalent.UNKNOWN, scope="no proof was asked for")
        expected, actual = self._texts
        return compare_traces(
            self._exercise,
            () if values_differ else self._reference.trace(self._sizes),
            () if values_differ else self._finish(),
            reference=expected,
            submission=actual,
            values_differ=values_differ,
        )

    def _finish(self) -> tuple[Trace, ...]:
        if self._side is not None and not self._waited:
            self._waited = True
            self._side.shut_in()
            self._loaded = isinstance(self._side.finish_load(), Loaded)
            if self._traces is None:
                traced = self._loaded
                self._traces = self._side.finish_trace(self._seconds) if traced else ()
        return self._traces or ()

    def _differs(self, exchange: Exchange) -> bool:
        expected, actual = exchange.expected.outcome, exchange.actual.outcome
        if not isinstance(expected, Completed) or not isinstance(actual, Completed):
            return not isinstance(actual, Completed)
        tolerance = tolerance_of(exchange.case, exchange.expected, self._exercise.tolerance)
        return not isinstance(compare(expected.result, actual.result, tolerance), Same)
