"""A side's process: enters the sandbox, loads the program, and answers the judge's requests."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import io
import math
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

import jax
import jaxlib.version
import numpy as np

from grader import wire
from grader.errors import WireBroken
from grader.model.exercise import Exercise
from grader.model.observation import Frame
from grader.model.transcript import Said
from grader.model.transforms import needs_nnx
from grader.sandbox import identity
from grader.sandbox.confine import confine
from grader.sandbox.policy import Policy, Protection
from grader.worker.arithmetic.shortcuts import shorten_paths
from grader.worker.arithmetic.tiers import compile_all, prefer_numpy
from grader.worker.compiling import CompileClock
from grader.worker.dataclass_code import share_code
from grader.worker.flax_checks import remember_checks
from grader.worker.flax_draws import Draws
from grader.worker.hidden_frames import hide_frames
from grader.worker.kept import Pictures
from grader.worker.library_programs import LibraryPrograms
from grader.worker.lowering import share_context
from grader.worker.own_check import Faulty, OwnCheck
from grader.worker.plugins import skip_plugins
from grader.worker.removals import Removals
from grader.worker.subject import Subject
from grader.worker.trace import fingerprints

Judge = wire.Channel[wire.Request]

_exit = os._exit

_ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "USER": "learner",
    "LOGNAME": "learner",
}


def as_forked_side(channel: int, stdout: int, stderr: int) -> None:
    """Become a side in a process that the nursery just forked.

    The descriptors are the socket to the judge and the write ends of two pipes. All other
    descriptors are closed.
    """
    null = os.open(os.devnull, os.O_RDONLY)
    keep = _above_the_streams(channel)
    os.dup2(null, 0)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.closerange(3, keep)
    os.closerange(keep + 1, _highest_descriptor())
    channel = os.dup(keep)
    os.close(keep)
    _open_streams()
    np.random.seed()  # noqa: NPY002 - NumPy's own generator is a copy of the nursery's
    Side(wire.Channel(channel, channel, wire.Request)).run()


def as_spawned_side() -> None:
    """Become a side in a separate process, with requests on stdin and replies on stdout.

    Both are moved away first, so that the program has an empty stdin and prints to stderr. Doesn't
    return: exit handlers of the program don't run.
    """
    requests, replies = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    _open_streams()
    adapt_libraries()
    status = wire.FAILED
    try:
        Side(wire.Channel(requests, replies, wire.Request)).run()
        status = 0
    except OSError:
        status = wire.CUT_OFF
    finally:
        _exit(status)


def adapt_libraries() -> None:
    """Change what costs jax and Flax time in small programs, here and in forks of this process.

    Nobody can tell from the results, nor from what jax says.
    """
    share_context()
    share_code()
    prefer_numpy()
    shorten_paths()
    draws = Draws()
    draws.remember_keys()
    remember_checks(draws)
    skip_plugins()
    hide_frames()


def prepare() -> None:
    """Do what each fork of this process would do again: read metadata, look through types."""
    _versions()
    wire.Channel(-1, -1, wire.Request)


def import_nnx() -> None:
    """Import NNX and what observes it, while the grader's own files can still be read."""
    import_module("grader.worker.nnx")


def _above_the_streams(descriptor: int) -> int:
    """Move a descriptor above the standard streams, but not above a low limit."""
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)


def _highest_descriptor() -> int:
    try:
        return max(int(name) for name in os.listdir("/proc/self/fd")) + 1
    except (OSError, ValueError):
        return 4096


def _open_streams() -> None:
    """Give Python new standard streams: unbuffered, and able to encode any character."""
    sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)
    for name, fd in (("stdout", 1), ("stderr", 2)):
        stream = open(
            fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


class Side:
    """The loop that answers requests in order."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._clock = _DeadlineClock(judge)
        self._compiling = CompileClock()
        self._subject: Subject | None = None
        self._own_check: OwnCheck | None = None
        self._text = ""
        self._streams = sys.stdout, sys.stderr

    def run(self) -> None:
        """Serve until the judge closes the channel."""
        start = self._judge.receive()
        if not isinstance(start, wire.Start):
            return
        if needs_nnx(start.exercise):
            import_nnx()
        _settle(start)
        Removals(start.scratch).install()
        protections = _confine(start.policy) if start.policy is not None else _stay_private()
        self._judge.send(wire.Confined(versions=_versions(), protections=protections))
        share = _sharing(start)
        while (request := self._judge.receive()) is not None:
            reply = self._answer(request, start.exercise)
            share(self._text)
            self._judge.send(reply)

    def _answer(self, request: wire.Request, exercise: Exercise) -> wire.Reply:
        began = time.perf_counter()
        match request:
            case wire.Load():
                subject = self._new_subject(request, exercise)
                with self._clock.running(request.seconds, subject):
                    loaded = subject.load()
                return wire.Started(loaded=loaded, seconds=time.perf_counter() - began)
            case wire.Trace():
                subject = self._loaded()
                kept = Pictures(subject.namespace)
                with _discarding_output():
                    found = fingerprints(subject.function, exercise, request.sizes, pictures=kept)
                return wire.Traced(
                    fingerprints=found,
                    seconds=time.perf_counter() - began,
                    touched=kept.changed,
                )
            case wire.Call():
                subject = self._loaded()
                self._compiling.take()
                with self._clock.running(request.seconds, subject):
                    observation = subject.call(request.case)
                _flush()
                return wire.Called(
                    number=request.number,
                    observation=observation,
                    seconds=time.perf_counter() - began,
                    compiling=self._compiling.take(),
                )
            case wire.Turn():
                subject = self._loaded()
                with self._clock.running(request.seconds, subject):
                    loaded = subject.turn(request.exercise)
                return wire.Started(loaded=loaded, seconds=time.perf_counter() - began)
            case wire.LoadCheck() | wire.Ask():
                return self._ask_author(request, exercise)
            case wire.Start():
                raise WireBroken("a second start")

    def _ask_author(self, request: wire.LoadCheck | wire.Ask, exercise: Exercise) -> wire.Reply:
        """Load the author's check, or call it."""
        try:
            if isinstance(request, wire.LoadCheck):
                check = self._own_check = OwnCheck(
                    request.name, request.text, exercise.check_function
                )
                with self._clock.running(request.seconds, check):
                    check.load()
                return wire.CheckSaid(number=0, said=Said())
            if self._own_check is None:
                raise WireBroken("a question to a check that isn't loaded")
            with self._clock.running(request.seconds, self._own_check):
                said = self._own_check.say(request.case, request.answer, request.seen)
            return wire.CheckSaid(number=request.number, said=said)
        except Faulty as fault:
            return wire.CheckFaulty(reason=fault.reason, line=fault.line)

    def _loaded(self) -> Subject:
        if self._subject is None:
            raise WireBroken("a call of a program before it is loaded")
        return self._subject

    def _new_subject(self, request: wire.Load, exercise: Exercise) -> Subject:
        """Replace the program; only compiled code remains of the previous one, not its arrays."""
        if self._subject is not None:
            self._subject.restore()
            self._subject.namespace.clear()  # jax may remember functions, and so what they refer to
            self._subject = None
            gc.collect()
        streams = (io.StringIO(), io.StringIO()) if request.discard_output else self._streams
        sys.stdout, sys.stderr = streams
        if request.compiled:
            compile_all()
        sys.argv = [request.name]  # no command-line arguments, as in `python FILE`
        self._subject = Subject(
            exercise, request.name, request.text, alters=request.alters, files=request.files
        )
        self._text = request.text
        return self._subject


class _Watched(Protocol):
    """A program whose place can be told while it runs."""

    def where(self, thread_id: int) -> tuple[Frame, ...]:
        """Return its frames in a thread now."""


class _DeadlineClock:
    """A thread that tells the judge where the program is when a deadline passes.

    It only reports: the judge has its own clock and stops the process from outside. It starts
    before any of the program runs, and sleeps until the earliest deadline that it was told of, even
    if the block ends long before: waking it each time would take longer than some cases.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._main = threading.get_ident()
        self._changed = threading.Condition()
        self._watched: _Watched | None = None
        self._due = math.inf
        self._wakes = -math.inf

    @contextlib.contextmanager
    def running(self, seconds: float, subject: _Watched) -> Iterator[None]:
        """Report if the block takes longer than `seconds`, but never after it has ended."""
        with self._changed:
            self._watched, self._due = subject, time.monotonic() + seconds
            if self._wakes == -math.inf:
                self._wakes = self._due
                threading.Thread(target=self._watch, daemon=True).start()
            elif self._due < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._watched, self._due = None, math.inf

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                if self._watched is not None and self._due <= now:
                    self._report(self._watched)
                    self._watched, self._due = None, math.inf
                self._wakes = self._due
                self._changed.wait(None if self._due == math.inf else self._due - now)

    def _report(self, subject: _Watched) -> None:
        frames: tuple[Frame, ...] = subject.where(self._main)
        with contextlib.suppress(OSError):
            self._judge.send(wire.Stuck(frames=frames))


def _settle(start: wire.Start) -> None:
    """Change to the scratch folder, clear the environment, and set up the compile cache."""
    os.chdir(start.scratch)
    folder = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), start.scratch)
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "WINDIR") if name in os.environ}
    os.environ.clear()
    os.environ.update(_ENVIRONMENT | folder | kept | _compiler_flags())
    tempfile.tempdir = start.scratch  # it would test a folder by removing a file, which is refused
    if start.compile_cache is not None:
        _use_compile_cache(start.compile_cache, writes=start.shared_cache is not None)


def _compiler_flags() -> dict[str, str]:
    """Ask XLA for the emitter that compiles in half the time, if there is a choice.

    XLA aborts on unknown flags, so this names the one release that was tried; later releases have
    only that emitter.
    """
    flagged = jaxlib.version.__version__.startswith("0.10.")
    return {"XLA_FLAGS": "--xla_cpu_use_fusion_emitters=false"} if flagged else {}


def _use_compile_cache(folder: str, *, writes: bool) -> None:
    """Read compiled programs from `folder`, and add to it if `writes`.

    To stop jax from writing, the minimum compile time is set to a value that nothing reaches. XLA's
    own caches, which are for GPUs, would make the folder's path a part of each program's key.
    """
    jax.config.update("jax_persistent_cache_enable_xla_caches", "none")
    jax.config.update("jax_compilation_cache_dir", folder)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0 if writes else 1e9)


def _sharing(start: wire.Start) -> Callable[[str], None]:
    """Return what shares compiled programs with submissions, given the text that runs."""
    if start.compile_cache is None or start.shared_cache is None:
        return lambda _text: None
    return LibraryPrograms(Path(start.compile_cache), Path(start.shared_cache)).share


@cache
def _versions() -> wire.Versions:
    return wire.Versions(
        python=platform.python_version(),
        jax=jax.__version__,
        flax=importlib.metadata.version("flax"),
        platform=f"{sys.platform}-{platform.machine()}",
    )


def _confine(policy: Policy) -> tuple[Protection, ...]:
    """Confine the process, and let the kernel kill it first if memory runs out."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    return confine(policy)


def _stay_private() -> tuple[Protection, ...]:
    """Hide the reference, which isn't sandboxed, from a submission that runs at the same time."""
    return (identity.unreadable_memory(), identity.dies_with_parent())


@contextlib.contextmanager
def _discarding_output() -> Iterator[None]:
    """Drop what a program prints in a trace: it shows stand-ins, which nobody passed."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
