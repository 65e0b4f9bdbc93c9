"""Damaged frames: what a submission could send, read by the judge in place of what it should."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import msgspec

from grader import cache, wire
from grader.grading.assembly import assembled
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.stopwatch import Stopwatch
from grader.judge import judge
from grader.model.exercise import ExerciseFolder
from grader.model.observation import Loaded, LoadOutcome
from grader.model.report import CaseCount, Output, Report
from grader.model.source import Source
from grader.model.submission import Submission
from grader.model.trace import Trace
from grader.model.transcript import Exchange, Transcript
from grader.process.capture import Capture
from grader.process.side import Program, Side
from grader.process.worker import Maker, Worker
from grader.proof.equivalence import Side as Compared
from grader.proof.equivalence import compare as compare_traces
from grader.proof.reading import read
from grader.sandbox.limits import Limits
from grader.search.cases import distinct_sizes, edge_sizes
from tests.fuzz import damage
from tests.fuzz.check import check

MOST_CASES = 4
SECONDS = 60.0


class Tape:
    """A worker that has been recorded: what it sent, frame by frame."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self.scratch = worker.scratch
        self.bodies: list[bytes] = []

    def send(self, request: wire.Request) -> None:
        self._worker.send(request)

    def receive(self, seconds: float) -> wire.Reply | None:
        reply = self._worker.receive(seconds)
        self.bodies.append(msgspec.msgpack.encode(reply))
        return reply

    def end(self, grace: float = 0.0) -> wire.Ended:
        return self._worker.end(grace)

    def output(self) -> tuple[Capture, Capture]:
        return self._worker.output()


class Replay:
    """A worker that sends the contents of a file and ends."""

    def __init__(self, data: bytes, scratch: Path) -> None:
        self.scratch = scratch
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it ends
        self._file.write(data)
        self._file.seek(0)
        self._channel: wire.Channel[wire.Reply] = wire.Channel(
            self._file.fileno(), self._file.fileno(), wire.Reply
        )

    def send(self, request: wire.Request) -> None:
        """Nobody listens."""

    def receive(self, seconds: float) -> wire.Reply | None:  # noqa: ARG002 - nobody waits
        return self._channel.receive()

    def end(self, grace: float = 0.0) -> wire.Ended:  # noqa: ARG002 - it has ended
        self._file.close()
        return wire.Ended(status=0)

    def output(self) -> tuple[Capture, Capture]:
        raise NotImplementedError


class Once:
    """Makes one worker, which is there already."""

    import_seconds = 0.0

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def wait(self) -> None:
        """It is there."""

    def make(self, limits: Limits, *, nnx: bool = False) -> Worker:  # noqa: ARG002 - it has its own
        return self._worker

    def close(self) -> None:
        """Who made it closes it."""


class Known:
    """What the solution's worker sent on an exercise's first cases."""

    def __init__(self, maker: Maker, folder: ExerciseFolder) -> None:
        self.folder = folder
        plan = Session().plan(folder.exercise, GradingRequest(cases=12))
        self.cases = plan.discriminating[:MOST_CASES]
        self.sizes = (distinct_sizes(folder.exercise), *edge_sizes(folder.exercise))
        text = folder.solution.read_text(encoding="utf-8")
        self.reading = read(text, folder.exercise.function)
        transcript, self.traces = self.play(maker.make(Limits()), Source("solution", text))
        self.answers = [each.actual for each in transcript.exchanges]
        assert len(self.answers) == len(self.cases)

    def play(self, worker: Worker, source: Source) -> tuple[Transcript, tuple[Trace, ...]]:
        """Run a side as a grading does: load, the cases for as long as it answers, trace."""
        folder = cache.compile_cache(cache.cache_folder())
        program = Program(
            exercise=self.folder.exercise,
            name=source.name,
            text=source.text,
            compile_cache=str(folder) if folder is not None else None,
        )
        side = Side(Once(worker), program, policy=None)
        side.enter_sandbox()
        loaded: LoadOutcome = side.load(SECONDS)
        traces: tuple[Trace, ...] = ()
        exchanges = []
        if isinstance(loaded, Loaded):
            for case in self.cases:
                if side.failure is None:
                    side.begin(case, SECONDS)
                    actual = side.finish()
                    exchanges.append(Exchange(case=case, expected=actual, actual=actual))
            if side.failure is None:
                side.begin_trace(self.sizes)
                traces = side.finish_trace(SECONDS)
        side.end()
        transcript = Transcript(
            exercise=self.folder.exercise,
            source=source,
            loaded=loaded,
            exchanges=tuple(exchanges),
        )
        return transcript, traces


class Conversation:
    """What a program's worker sent, to be damaged and read again."""

    def __init__(self, maker: Maker, known: Known, path: Path) -> None:
        self._known = known
        self.source = Source(str(path), path.read_text(encoding="utf-8"))
        tape = Tape(maker.make(Limits()))
        known.play(tape, self.source)
        self.bodies = tape.bodies

    def replay(self, data: bytes, scratch: Path) -> Report:
        """Report on what would have been graded if a worker had sent these bytes."""
        first = len(self.bodies[0]).to_bytes(4, "big") + self.bodies[0]
        known = self._known
        exercise = known.folder.exercise
        played, traces = known.play(Replay(first + data, scratch), self.source)
        exchanges = tuple(
            Exchange(case=told.case, expected=expected, actual=told.actual)
            for told, expected in zip(played.exchanges, known.answers, strict=False)
        )
        transcript = msgspec.structs.replace(played, exchanges=exchanges)
        equivalence = compare_traces(
            exercise,
            Compared(traces=known.traces, reading=known.reading),
            Compared(traces=traces, reading=read(self.source.text, exercise.function)),
            values_differ=False,
        )
        return assembled(
            Submission(path=self.source.name, sha256="0" * 64, source=self.source),
            transcript,
            judge(transcript),
            equivalence=equivalence,
            cases=CaseCount(seed=0, generated=MOST_CASES, executed=len(exchanges)),
            output=Output(),
            side=None,
            watch=Stopwatch(),
        )

    def fuzz(self, rng: random.Random, scratch: Path) -> Report:
        """Damage the conversation after its first frame, which comes before any learner's code."""
        report = self.replay(damage.stream(self.bodies[1:], rng), scratch)
        check(report)
        return report
