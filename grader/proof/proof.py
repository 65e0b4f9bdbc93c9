"""The proof that a submission computes what the reference does, beside the executed cases or after.

Tracing runs the learner's function on stand-ins for its arguments. What it leaves behind, or a
trace that never ends, must change nothing for the cases: so it has a process of its own, or the
process of the cases gets no more of them (`Side.touched`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from grader.compare import Same, compare, tolerance_of
from grader.evidence import Evidence
from grader.model.exercise import Exercise
from grader.model.observation import Completed, Loaded
from grader.model.report import Equivalence, Equivalent
from grader.model.source import Source
from grader.model.trace import Trace
from grader.model.transcript import Exchange, Transcript
from grader.process.side import Side
from grader.proof.equivalence import Side as Compared
from grader.proof.equivalence import compare as compare_traces
from grader.proof.equivalence import fixed_sizes
from grader.proof.reading import Reading, read

_TRACE_SECONDS: Final = 10.0


_SEVERAL: Final = Reading(doubt="the program has several files")
"""A look at one text doesn't see what the others do."""


class Reference(Protocol):
    """Knows the right program: its text, and its traces in the requested scopes."""

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
        several = len(source.files) > 1
        self._reading = _SEVERAL if several else read(source.text, exercise.function)
        self._side: Side | None = None
        self._traces: tuple[Trace, ...] | None = None
        self._wanted = False
        self._seconds = _TRACE_SECONDS
        self._waited = False
        self._loaded = False
        self._later = False

    def begin(self, open_side: Callable[[], Side], *, wanted: bool, seconds: float) -> None:
        """Have a process load the submission, and trace it unless its text rules a proof out.

        Loading may take `seconds`, and so may tracing, but no more than ten.
        """
        self._wanted = wanted
        self._seconds = min(seconds, _TRACE_SECONDS)
        self._side = open_side()
        self._side.begin_load(seconds)
        if self._is_sought:
            self._side.begin_trace(self._sizes)

    def begin_later(self, side: Side, *, wanted: bool, seconds: float) -> None:
        """Trace in a process that has loaded the submission, but only once that is needed."""
        self._wanted = wanted
        self._seconds = min(seconds, _TRACE_SECONDS)
        self._side = side
        self._later = True

    @property
    def _is_sought(self) -> bool:
        return self._wanted and not self._reading.doubt

    def player(self) -> Side | None:
        """Return the process when it has traced, for cases to be played in; None if it failed.

        None as well if the traces left something behind, which the cases would find.
        """
        self._finish()
        side = self._side
        if side is None or not self._loaded or side.failure is not None or side.touched:
            return None
        return side

    def abandon(self) -> None:
        """End the process; waiters get nothing."""
        if self._side is not None:
            self._side.end()

    def proved(self) -> bool:
        """Wait for the trace, and say whether it is the reference's."""
        return self._compared(values_differ=False).status is Equivalent.PROVED

    def fixed(self) -> tuple[dict[str, int], ...]:
        """Return the sizes that a proof holds for, of the dimensions that it doesn't hold for all.

        Only once it is `proved`.
        """
        expected = Compared(traces=self._reference.trace(self._sizes))
        return fixed_sizes(expected, self._mine(self._finish()))

    @property
    def traced(self) -> bool:
        """Whether there is a trace to compare with others."""
        return bool(self._finish() if self._later else self._traces)

    def is_same(self, text: str, traces: tuple[Trace, ...]) -> bool:
        """Whether the submission is proved to compute what another program does."""
        other = Compared(traces=traces, reading=read(text, self._exercise.function))
        if other.reading.doubt:
            return False
        found = compare_traces(self._exercise, other, self._mine(self._traces or ()))
        return found.status is Equivalent.PROVED

    def equivalence(self, transcript: Transcript) -> Equivalence:
        """Say what is known in the end: a case that counts and differs refutes any proof."""
        evidence = Evidence(transcript)
        looks = (*evidence.looks, *evidence.retrained)
        differs = any(self._differs(each.exchange) for each in looks)
        if not self._waited and not self._later and not differs:
            return Equivalence(status=Equivalent.UNKNOWN, scope="not looked at")
        return self._compared(values_differ=differs)

    def _compared(self, *, values_differ: bool) -> Equivalence:
        if not self._wanted:
            return Equivalence(status=Equivalent.UNKNOWN, scope="no proof was asked for")
        expected = () if values_differ else self._reference.trace(self._sizes)
        function = self._exercise.function
        return compare_traces(
            self._exercise,
            Compared(traces=expected, reading=read(self._reference.text, function)),
            self._mine(() if values_differ else self._finish()),
            values_differ=values_differ,
        )

    def _mine(self, traces: tuple[Trace, ...]) -> Compared:
        return Compared(traces=traces, reading=self._reading)

    def _finish(self) -> tuple[Trace, ...]:
        side = self._side
        if side is not None and not self._waited:
            self._waited = True
            if self._later:
                self._loaded = side.failure is None
            else:
                side.enter_sandbox()
                self._loaded = isinstance(side.finish_load(), Loaded)
            self._traces = self._traced(side) if self._loaded and self._is_sought else ()
        return self._traces or ()

    def _traced(self, side: Side) -> tuple[Trace, ...]:
        if self._later:
            if side.alters:
                side.load(self._seconds, discard_output=True)
            side.begin_trace(self._sizes)
        return side.finish_trace(self._seconds)

    def _differs(self, exchange: Exchange) -> bool:
        expected, actual = exchange.expected.outcome, exchange.actual.outcome
        if not isinstance(expected, Completed) or not isinstance(actual, Completed):
            return not isinstance(actual, Completed)
        tolerance = tolerance_of(exchange.case, exchange.expected, self._exercise.tolerance)
        return not isinstance(compare(expected.result, actual.result, tolerance), Same)
