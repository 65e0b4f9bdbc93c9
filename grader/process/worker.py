"""A worker process from the judge's point of view, and the two ways to get one."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from grader import wire
from grader.errors import NurseryBroken, WireBroken
from grader.process.capture import Capture
from grader.process.launch import WORKER, Launched, launch, worker_environment
from grader.sandbox.limits import Excess, Limits
from grader.sandbox.scratch import new_scratch, remove_scratch
from grader.sandbox.usage import WATCH_SECONDS, Watch

Replies = wire.Channel[wire.Reply]


class _Mailbox:
    """Reads a channel in its own thread, so that every wait can have a deadline.

    The queue is short: a worker that floods it has to wait, and doesn't fill the judge's memory.
    """

    def __init__(self, channel: Replies) -> None:
        self._channel = channel
        self._queue: queue.Queue[wire.Reply | WireBroken | None] = queue.Queue(maxsize=4)
        self._closed = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while not self._closed.is_set():
            item: wire.Reply | WireBroken | None
            try:
                item = self._channel.receive()
            except WireBroken as error:
                item = error
            except OSError:
                item = None
            while not self._closed.is_set():
                with contextlib.suppress(queue.Full):
                    self._queue.put(item, timeout=0.5)
                    break
            if item is None or isinstance(item, WireBroken):
                break
        with contextlib.suppress(OSError):
            self._channel.close()

    def get(self, seconds: float) -> wire.Reply | None:
        """Return the next message; see `Worker.receive`. After `close` there are none."""
        if self._closed.is_set():
            return None
        try:
            item = self._queue.get(timeout=max(seconds, 0.0))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(item, WireBroken):
            raise item
        return item

    def close(self) -> None:
        """Stop reading, and wake waiters; the channel is closed when its other end is."""
        self._closed.set()
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)


class Worker(ABC):
    """A process that serves one side, at the other end of a channel."""

    is_forked = False

    def __init__(self, scratch: Path, channel: Replies, captures: tuple[Capture, Capture]) -> None:
        self.scratch = scratch
        self._channel = channel
        self._captures = captures
        self._mailbox = _Mailbox(channel)
        self._ending = threading.Lock()
        self._ended: wire.Ended | None = None

    def send(self, request: wire.Request) -> None:
        """Send a request; if the worker is gone, `receive` notices."""
        with contextlib.suppress(OSError):
            self._channel.send(request)

    def receive(self, seconds: float) -> wire.Reply | None:
        """Return the next reply, None if the worker has ended.

        Raises `TimeoutError` after `seconds` without one, `WireBroken` for nonsense.
        """
        return self._mailbox.get(seconds)

    @abstractmethod
    def end(self, grace: float = 0.0) -> wire.Ended:
        """Kill the worker, if it doesn't end within `grace` seconds, and say how it ended."""

    def output(self) -> tuple[Capture, Capture]:
        """Return what it printed to stdout and stderr."""
        return self._captures


class Maker(ABC):
    """Makes workers: with the nursery, or one process at a time."""

    import_seconds: float | None = None
    """How long the libraries took to import, None before `wait` or if unknown."""

    def wait(self) -> None:  # noqa: B027 - there may be nothing to wait for
        """Wait until workers can be made; `NurseryBroken` if they can't."""

    def warm(self, request: wire.Warm) -> None:  # noqa: B027 - only what forks can inherit it
        """Prepare for many workers that run programs like this one."""

    @abstractmethod
    def make(self, limits: Limits, *, nnx: bool = False) -> Worker:
        """Start a worker; `NurseryBroken` if that's impossible.

        `nnx`: its exercise needs NNX, which is best imported once for all workers.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop everything that was started."""


# ------------------------------------------------------------------------------------- nursery

_PATIENCE: Final = 120.0
"""Seconds to wait for the nursery's imports, on a machine that is very busy."""


class Nursery(Maker):
    """The judge's end of the fork server."""

    def __init__(self, launched: Launched | None = None) -> None:
        try:
            self._launched = launched or launch()
        except OSError as error:
            raise NurseryBroken(f"no worker process can be started: {error.strerror}") from error
        self._decoder = msgspec.msgpack.Decoder[wire.NurseryReply](wire.NurseryReply)
        self._lock = threading.Lock()
        self._scratch: set[Path] = set()
        self._workers: set[_Forked] = set()

    def wait(self) -> None:
        """Wait until it has imported its libraries; `NurseryBroken` if that fails."""
        with self._lock:
            self._wait()

    def _wait(self) -> None:
        if self.import_seconds is None:
            reply = self._receive()
            if not isinstance(reply, wire.Ready):
                raise NurseryBroken("the worker process sent an unexpected first message")
            self.import_seconds = reply.seconds

    def ask(self, request: wire.NurseryRequest, fds: tuple[int, ...] = ()) -> wire.NurseryReply:
        """Send a request with descriptors, and return the answer."""
        with self._lock:
            self._wait()
            try:
                socket.send_fds(self._launched.control, [msgspec.msgpack.encode(request)], fds)
            except OSError as error:
                raise NurseryBroken(f"the worker process is gone: {error}") from error
            return self._receive()

    def _receive(self) -> wire.NurseryReply:
        control = self._launched.control
        control.settimeout(_PATIENCE)
        try:
            data = control.recv(65536)
        except OSError as error:
            raise NurseryBroken(f"the worker process does not answer: {error}") from error
        if not data:
            status = self._launched.process.wait()
            raise NurseryBroken(
                f"the worker process ended with status {status}; jax and flax have to be "
                f"importable by {sys.executable}"
            )
        if data.startswith(b"failed: "):
            reason = data.removeprefix(b"failed: ").decode("utf-8", "replace")
            raise NurseryBroken(f"jax and flax can't be imported by {sys.executable}: {reason}")
        reply: wire.NurseryReply = self._decoder.decode(data)
        return reply

    def warm(self, request: wire.Warm) -> None:
        """Have the nursery trace a program of the grader's own."""
        self.ask(request)

    def make(self, limits: Limits, *, nnx: bool = False) -> Worker:
        """Fork a worker, in a scratch folder that is removed with it, or with the nursery."""
        scratch = new_scratch()
        self._scratch.add(scratch)
        try:
            worker = _Forked(self, limits, scratch, nnx=nnx)
        except NurseryBroken:
            self.remove(scratch)
            raise
        except OSError as error:
            self.remove(scratch)
            raise NurseryBroken(f"a worker can't be started: {error.strerror}") from error
        self._workers.add(worker)
        return worker

    def remove(self, scratch: Path, worker: _Forked | None = None) -> None:
        """Remove the scratch folder of a worker that has ended."""
        remove_scratch(scratch)
        self._scratch.discard(scratch)
        if worker is not None:
            self._workers.discard(worker)

    def close(self) -> None:
        """Stop the nursery and all its workers, and wake whoever waits for one."""
        self._launched.close()
        for worker in tuple(self._workers):
            worker.wake()
        for scratch in tuple(self._scratch):
            self.remove(scratch)


class _Forked(Worker):
    is_forked = True

    def __init__(self, nursery: Nursery, limits: Limits, scratch: Path, *, nnx: bool) -> None:
        self._nursery = nursery
        ours, theirs = socket.socketpair()
        outputs = [os.pipe(), os.pipe()]
        passed = (theirs.fileno(), *(write for _, write in outputs))
        with contextlib.ExitStack() as unless_forked:
            unless_forked.callback(ours.close)
            for read, _ in outputs:
                unless_forked.callback(os.close, read)
            try:
                request = wire.Fork(limits=limits, scratch=str(scratch), nnx=nnx)
                forked = nursery.ask(request, passed)
            finally:
                theirs.close()
                for _, write in outputs:
                    os.close(write)
            if not isinstance(forked, wire.Forked):
                raise NurseryBroken("the worker process did not fork")
            unless_forked.pop_all()
        self._pid = forked.pid
        captures = (Capture(outputs[0][0]), Capture(outputs[1][0]))
        fd = ours.detach()
        super().__init__(scratch, wire.Channel(fd, fd, wire.Reply), captures)

    def end(self, grace: float = 0.0) -> wire.Ended:
        with self._ending:
            if self._ended is None:
                answer = self._nursery.ask(wire.End(pid=self._pid, grace=grace))
                self._ended = answer if isinstance(answer, wire.Ended) else wire.Ended(status=None)
                self._mailbox.close()
                self._nursery.remove(self.scratch, self)
            return self._ended

    def wake(self) -> None:
        """Tell waiters that nothing more comes."""
        self._mailbox.close()


# ------------------------------------------------------------------------------------- spawning


class Spawner(Maker):
    """Starts each worker as a separate process, where fork isn't available: slower, but the same.

    One thread starts all of them and outlives them: Linux treats the thread that started a process
    as its parent, and a worker dies with its parent (prctl(2), PR_SET_PDEATHSIG).
    """

    def __init__(self) -> None:
        self._made: list[_Spawned] = []
        self._closed = False
        self._starter = ThreadPoolExecutor(max_workers=1)

    def make(self, limits: Limits, *, nnx: bool = False) -> Worker:  # noqa: ARG002
        """Start a worker, which imports what it needs."""
        try:
            worker = self._starter.submit(_Spawned, limits).result()
        except RuntimeError as error:
            raise NurseryBroken(f"a worker can't be started: {error}") from error
        self._made.append(worker)
        if self._closed:
            worker.end()
        return worker

    def close(self) -> None:
        """Stop every worker, also one that another thread is just starting."""
        self._closed = True
        for worker in tuple(self._made):
            worker.end()
        self._starter.shutdown()


class _Spawned(Worker):
    """A worker in a separate process; all its output comes on stderr."""

    def __init__(self, limits: Limits) -> None:
        scratch = new_scratch()
        self._excess: Excess | None = None
        self._over = threading.Event()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-P", str(WORKER), "side"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(),
            start_new_session=True,
            bufsize=0,
        )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        silent, write = os.pipe()
        os.close(write)
        captures = (Capture(silent), Capture(os.dup(process.stderr.fileno())))
        channel: Replies = wire.Channel(
            os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno()), wire.Reply
        )
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()
        super().__init__(scratch, channel, captures)
        self._watch = Watch(limits, str(self.scratch), self._process.pid)
        self._watcher = threading.Thread(target=self._look_after, daemon=True)
        self._watcher.start()

    def end(self, grace: float = 0.0) -> wire.Ended:
        with self._ending:
            if self._ended is None:
                status: int | None = None
                with contextlib.suppress(subprocess.TimeoutExpired):
                    status = self._process.wait(timeout=grace)
                self._over.set()
                self._watcher.join()
                growing = self._watch.growing() if status is None else 0
                self._kill()
                self._process.wait()
                excess = self._excess
                status = None if excess else status
                self._ended = wire.Ended(status=status, excess=excess, growing=growing)
                self._mailbox.close()
                remove_scratch(self.scratch)
            return self._ended

    def _look_after(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            if self._process.poll() is not None:
                return
            self._excess = self._watch.look()
            if self._excess is not None:
                self._kill()
                return

    def _kill(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
