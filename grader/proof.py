"""The proof that a submission computes what the reference does, sought beside the executed cases.

Tracing runs the learner's function, on stand-ins for its arguments. It does so in a process of its
own: what it leaves behind there, or a trace that never ends, changes nothing for the cases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from grader.compare import Same, compare, tolerance_of
from grader.equivalence import Trace
from grader.equivalence import compare as compare_traces
from grader.exercise import Exercise
from grader.observation import Completed, Loaded
from grader.process.side import Side
from grader.reference import Reference
from grader.report import Equivalence, Equivalent
from grader.source import Source
from grader.transcript import Exchange, Transcript
from grader.transparency import Reach, transparency

_LOAD_SECONDS: Final = 15.0
_TRACE_SECONDS: Final = 10.0


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

    def begin(self, open_side: Callable[[], Side]) -> None:
        """Have a process load and trace the submission, unless its text rules a proof out."""
        self._wanted = True
        if any(text.reach is Reach.NOTHING for text in self._texts):
            self._traces = ()
            return
        self._side = open_side()
        self._side.begin_load(_LOAD_SECONDS)
        self._side.begin_trace(self._sizes)

    def proved(self) -> bool:
        """Wait for the trace, and say whether it is the reference's."""
        return self._compared(values_differ=False).status is Equivalent.PROVED

    def equivalence(self, transcript: Transcript) -> Equivalence:
        """Say what is known in the end: a case that differs refutes any proof."""
        differs = any(self._differs(each) for each in transcript.exchanges)
        if self._traces is None and not differs:
            return Equivalence(status=Equivalent.UNKNOWN, scope="not looked at")
        return self._compared(values_differ=differs)

    def _compared(self, *, values_differ: bool) -> Equivalence:
        if not self._wanted:
            return Equivalence(status=Equivalent.UNKNOWN, scope="no proof was asked for")
        expected, actual = self._texts
        return compare_traces(
            self._exercise,
            () if values_differ else self._reference.trace(self._sizes),
            () if values_differ else self._finished(),
            reference=expected,
            submission=actual,
            values_differ=values_differ,
        )

    def _finished(self) -> tuple[Trace, ...]:
        if self._traces is None:
            assert self._side is not None
            self._side.shut_in()
            loaded = self._side.finish_load()
            traced = isinstance(loaded, Loaded)
            self._traces = self._side.finish_trace(_TRACE_SECONDS) if traced else ()
            self._side.end()
        return self._traces

    def _differs(self, exchange: Exchange) -> bool:
        expected, actual = exchange.expected.outcome, exchange.actual.outcome
        if not isinstance(expected, Completed) or not isinstance(actual, Completed):
            return not isinstance(actual, Completed)
        tolerance = tolerance_of(exchange.case, exchange.expected, self._exercise.tolerance)
        return not isinstance(compare(expected.result, actual.result, tolerance), Same)
