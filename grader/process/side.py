"""One side of a grading: a worker that runs a program.

Whatever the program does to its process, the result is an outcome, never an exception.
"""

from __future__ import annotations

import time
from typing import Final, TypeVar

import msgspec

from grader import wire
from grader.errors import NurseryBroken, WireBroken
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import (
    Crashed,
    LoadOutcome,
    Observation,
    Outcome,
    OutOfMemory,
    TimedOut,
)
from grader.model.trace import Trace
from grader.model.transforms import needs_nnx
from grader.process.soundness import Ledger
from grader.process.worker import Maker, Worker
from grader.sandbox.limits import Excess, Limits
from grader.sandbox.policy import Policy, Protection

_Told = TypeVar("_Told", LoadOutcome, Outcome)
Failure = TimedOut | OutOfMemory | Crashed

_START_SECONDS: Final = 60.0
_REPORT_SECONDS: Final = 2.0
"""How long the worker has, after a deadline, to report where the program is."""
_GRACE: Final = 1.0
_MOST_SECONDS: Final = 3600.0


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """What a side runs, and how.

    `files` are those beside it.
    """

    exercise: Exercise
    name: str
    text: str
    files: tuple[wire.FileText, ...] = ()
    compile_cache: str | None = None
    shared_cache: str | None = None
    limits: Limits = Limits()


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that a worker reports: for tracing, for calls, and for compiling within those."""

    trace: float = 0.0
    call: float = 0.0
    compiling: float = 0.0

    def plus(self, *, trace: float = 0.0, call: float = 0.0, compiling: float = 0.0) -> Spent:
        """Add plausible times: a program can make its worker report anything."""
        call = _likely(call)
        return Spent(
            trace=self.trace + _likely(trace),
            call=self.call + call,
            compiling=self.compiling + min(_likely(compiling), call),
        )


def _likely(seconds: float) -> float:
    return seconds if 0.0 <= seconds <= _MOST_SECONDS else 0.0


class Side:
    """A worker that runs one program at a time, and answers calls in order."""

    def __init__(self, maker: Maker, program: Program, *, policy: Policy | None) -> None:
        self._program = program
        self._worker: Worker = maker.make(program.limits, nnx=needs_nnx(program.exercise))
        self._failure: Failure | None = None
        self._number = 0
        self._ledger = Ledger()
        self._deadline = 0.0
        self.versions: wire.Versions | None = None
        self.protections: tuple[Protection, ...] = ()
        self.spent = Spent()
        self.touched = False
        """Whether a trace left something behind in the worker, as far as it says."""
        self.alters = False
        """Whether lifted modules give other numbers in the program that is loaded."""
        if policy is not None:
            policy = msgspec.structs.replace(policy, writable=(str(self._worker.scratch),))
        self._worker.send(
            wire.Start(
                exercise=program.exercise,
                policy=policy,
                compile_cache=program.compile_cache,
                shared_cache=program.shared_cache,
                scratch=str(self._worker.scratch),
            )
        )

    @property
    def failure(self) -> Failure | None:
        """Why the side no longer answers, None if it does."""
        return self._failure

    def enter_sandbox(self) -> None:
        """Wait until the worker is in the sandbox; none of the program has run before that."""
        if self.versions is not None:
            return
        reply = self._next(_START_SECONDS)
        if not isinstance(reply, wire.Confined):
            raise NurseryBroken(f"a worker did not start: {_words(reply)}")
        self.versions = reply.versions
        self.protections = reply.protections

    def give(self, name: str, text: str) -> None:
        """Give the worker another program to load instead of the current one."""
        self._program = msgspec.structs.replace(self._program, name=name, text=text, files=())
        self._ledger = Ledger()
        self.spent = Spent()

    @property
    def answers(self) -> bool:
        """Whether it waits for a request, as far as it is known, and can be asked what it printed.

        It has written out what the program printed before it answered the last one.
        """
        return self._failure is None and self._worker.is_forked

    @property
    def can_go_on(self) -> bool:
        """Whether it can be given another program of the same person when it has run this one.

        What compiled a program before, even in part, doesn't tell whether the next one does.
        """
        kept = self.touched or self.spent.compiling > 0
        return self.answers and not kept

    def is_idle(self) -> bool:
        """Whether the worker waits for a request: it hasn't ended, or sent anything unexpected."""
        if self._failure is not None:
            return False
        try:
            self._worker.receive(0.0)
        except TimeoutError:
            return True
        except WireBroken:
            pass
        return False

    def load(
        self,
        seconds: float,
        *,
        discard_output: bool = False,
        alters: bool = False,
        compiled: bool = False,
    ) -> LoadOutcome:
        """Load the program, after `enter_sandbox`; `wire.Load` says how."""
        self.begin_load(seconds, discard_output=discard_output, alters=alters, compiled=compiled)
        return self.finish_load()

    def begin_load(
        self,
        seconds: float,
        *,
        discard_output: bool = False,
        alters: bool = False,
        compiled: bool = False,
    ) -> None:
        """Make the worker load the program as soon as it is in the sandbox."""
        self._deadline = seconds
        self.alters = alters
        name, text = self._program.name, self._program.text
        self._worker.send(
            wire.Load(
                name=name,
                text=text,
                files=self._program.files,
                seconds=seconds,
                discard_output=discard_output,
                alters=alters,
                compiled=compiled,
            )
        )

    def finish_load(self) -> LoadOutcome:
        """Wait until the program is loaded."""
        match self._next(self._deadline + _REPORT_SECONDS, limit=self._deadline):
            case wire.Started() as started:
                return self._of_this_limit(started.loaded)
            case TimedOut() | OutOfMemory() | Crashed() as failure:
                return failure
            case _:
                return self._nonsense()

    def turn(self, exercise: Exercise, seconds: float) -> LoadOutcome:
        """Call another function of the loaded program from now on."""
        if self._failure is not None:
            return self._failure
        self._deadline = seconds
        self._worker.send(wire.Turn(exercise=exercise, seconds=seconds))
        return self.finish_load()

    def begin_trace(self, sizes: tuple[dict[str, int], ...]) -> None:
        """Make the worker fingerprint the program; `finish_trace` waits for the result."""
        self._worker.send(wire.Trace(sizes=sizes))

    def finish_trace(self, seconds: float) -> tuple[Trace, ...]:
        """Return the fingerprints, none if the side fails or takes too long."""
        match self._next(seconds, limit=seconds):
            case wire.Traced() as traced:
                self.spent = self.spent.plus(trace=traced.seconds)
                self.touched = traced.touched
                return traced.fingerprints
            case TimedOut() | OutOfMemory() | Crashed():
                return ()
            case _:
                self._nonsense()
                return ()

    def begin(self, case: Case, seconds: float) -> None:
        """Make the worker call the function with `case`; `finish` waits for the result."""
        self._number += 1
        self._deadline = seconds
        if self._failure is None:
            self._worker.send(wire.Call(number=self._number, case=case, seconds=seconds))

    def finish(self) -> Observation:
        """Wait for the current call, up to its deadline."""
        began = time.perf_counter()
        if self._failure is not None:
            return Observation(outcome=self._failure)
        reply = self._next(self._deadline + _REPORT_SECONDS, limit=self._deadline)
        match reply:
            case wire.Called(number=self._number, observation=seen) if self._ledger.admits(seen):
                self.spent = self.spent.plus(call=reply.seconds, compiling=reply.compiling)
                outcome = self._of_this_limit(seen.outcome)
                if isinstance(outcome, OutOfMemory):  # the next case would only fill it again
                    self._fail(outcome)
                return msgspec.structs.replace(seen, outcome=outcome)
            case TimedOut() | OutOfMemory() | Crashed():
                return Observation(outcome=reply, seconds=time.perf_counter() - began)
            case _:
                return Observation(outcome=self._nonsense())

    def ask(self, request: wire.LoadCheck | wire.Ask) -> wire.Reply | Failure:
        """Send a request about an author's check, after `enter_sandbox`, and wait for the reply."""
        if self._failure is not None:
            return self._failure
        self._worker.send(request)
        return self._next(request.seconds + _REPORT_SECONDS, limit=request.seconds)

    def end(self) -> None:
        """Stop the worker."""
        self._worker.end()

    def printed(self, *, goes_on: bool = False) -> tuple[str, str, bool]:
        """Return what the program printed to stdout and stderr, and whether some of it was cut.

        It has ended, unless the worker `goes_on`.
        """
        out, err = self._worker.output()
        texts = [each.so_far() if goes_on else each.text() for each in (out, err)]
        return texts[0], texts[1], out.truncated or err.truncated

    def _next(self, seconds: float, limit: float | None = None) -> wire.Reply | Failure:
        """Return the next reply, or why the worker ended. A timeout reports `limit`."""
        shown = limit if limit is not None else seconds
        try:
            reply = self._worker.receive(seconds)
        except TimeoutError:
            return self._fail(TimedOut(seconds=shown))
        except WireBroken as error:
            return self._fail(Crashed(reason=f"the process sent {error} instead of an answer"))
        match reply:
            case None:
                return self._fail(self._autopsy(self._worker.end(_GRACE)))
            case wire.Stuck():
                return self._fail(TimedOut(seconds=shown, frames=reply.frames))
            case _:
                return reply

    def _nonsense(self) -> Failure:
        return self._fail(Crashed(reason="the process sent an answer to something else"))

    def _fail(self, failure: Failure) -> Failure:
        ended = self._worker.end()
        if ended.excess is not None:
            failure = self._beyond(ended.excess)
        elif ended.growing and isinstance(failure, TimedOut):
            failure = OutOfMemory(limit=ended.growing, frames=failure.frames)
        self._failure = failure
        return failure

    def _of_this_limit(self, outcome: _Told) -> _Told:
        """Say which limit the program reached, which its process can't know."""
        if isinstance(outcome, OutOfMemory):
            return msgspec.structs.replace(outcome, limit=self._program.limits.memory)
        return outcome

    def _autopsy(self, ended: wire.Ended) -> Failure:
        match ended:
            case wire.Ended(excess=Excess() as excess):
                return self._beyond(excess)
            case wire.Ended(status=None | wire.CUT_OFF):
                return Crashed(reason="the process closed its connection to the grader")
            case wire.Ended(status=wire.FAILED):
                return Crashed(reason="the program broke the process that it ran in")
            case wire.Ended(status=int(status)) if status < 0:
                return Crashed(reason=f"the process was ended by {_signal(-status)}")
            case _:
                return Crashed(reason=f"the process exited with status {ended.status}")

    def _beyond(self, excess: Excess) -> Failure:
        limits = self._program.limits
        match excess:
            case Excess.MEMORY:
                return OutOfMemory(limit=limits.memory)
            case Excess.THREADS:
                return Crashed(reason=f"it started more than {limits.threads} threads")
            case Excess.DISK:
                size = f"{limits.disk >> 20} MB"
                return Crashed(
                    reason=f"it wrote more than {size}, or too many files, to its folder"
                )


def _signal(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _words(reply: wire.Reply | Failure) -> str:
    match reply:
        case Crashed():
            return reply.reason
        case TimedOut():
            return f"no answer within {reply.seconds:.0f} s"
        case OutOfMemory():
            return "out of memory"
        case _:
            return type(reply).__name__
