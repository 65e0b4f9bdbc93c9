"""The fork server: imports jax and flax once, and forks a worker for each side of each grading.

It runs no submission or solution, starts no XLA backend, and has no threads, so that a fork of it
is a fresh Python with the libraries already imported. As soon as the judge's end of the control
socket closes, it ends and takes every worker with it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Final

import msgspec

from grader.sandbox.limits import Excess
from grader.sandbox.scratch import remove_scratch
from grader.sandbox.usage import WATCH_SECONDS, Watch
from grader.wire import (
    CUT_OFF,
    FAILED,
    End,
    Ended,
    Fork,
    Forked,
    NurseryReply,
    NurseryRequest,
    Ready,
    Warm,
    Warmed,
)
from grader.worker import serve
from grader.worker.warming import warm

_TRIES: Final = 100
"""How many times to try a fork, `WATCH_SECONDS` apart."""


class _Child:
    """A forked worker that has not been stopped."""

    def __init__(self, pid: int, request: Fork) -> None:
        self.pid = pid
        self.scratch = Path(request.scratch)
        self.status: int | None = None
        self.excess: Excess | None = None
        self._watch = Watch(request.limits, request.scratch, pid)

    def poll(self) -> bool:
        """Reap the process if it has ended, and return whether it has."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def watch(self) -> None:
        """Kill the worker if it exceeds a limit."""
        if self.excess is not None or self.poll():
            return
        self.excess = self._watch.look()
        if self.excess is not None:
            self.kill()

    def growing(self) -> int:
        """Return the memory of a worker that still runs and keeps growing, otherwise 0."""
        return self._watch.growing() if self.status is None else 0

    def kill(self) -> None:
        """Kill the worker's process group, or the worker if it doesn't have one yet."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)


class Nursery:
    """The server's state: the control socket and the current workers."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, _Child] = {}
        self._decoder = msgspec.msgpack.Decoder[NurseryRequest](NurseryRequest)

    def run(self, importing: float) -> None:
        """Serve until the judge is gone. `importing` is how many seconds the imports took."""
        _become_subreaper()
        serve.adapt_libraries()
        self._reply(Ready(seconds=importing))
        serve.prepare()
        gc.freeze()
        gc.enable()
        try:
            while self._step():
                pass
        finally:
            for child in self._children.values():
                child.kill()
            _kill_strays()
            # Even if the judge was killed, delete what its workers wrote.
            for child in self._children.values():
                remove_scratch(child.scratch)

    def _step(self) -> bool:
        """Handle one request, or watch the workers; False when the judge is gone."""
        timeout = WATCH_SECONDS if self._children else None
        readable, _, _ = select.select([self._control], [], [], timeout)
        self._watch()
        if not readable:
            return True
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 65536, 3)
        except ConnectionResetError:  # the judge closed it without reading a reply
            return False
        if not data:
            return False
        match self._decoder.decode(data):
            case Warm() as request:
                self._warm(request)
            case Fork() as request:
                self._fork(request, descriptors)
            case End() as request:
                self._end(request)
        return True

    def _warm(self, request: Warm) -> None:
        gc.disable()
        with contextlib.suppress(Exception):  # only the time that it would have saved is lost
            warm(request.exercise, request.text, request.traced, request.sizes)
        gc.freeze()
        gc.enable()
        self._reply(Warmed())

    def _watch(self) -> None:
        for child in self._children.values():
            child.watch()

    def _fork(self, request: Fork, descriptors: list[int]) -> None:
        if request.nnx:
            serve.import_nnx()
        pid = self._new_process()
        if pid == 0:
            status = FAILED
            try:
                os.setsid()
                self._control.close()
                serve.as_forked_side(*descriptors)
                status = 0
            except OSError:
                status = CUT_OFF
            finally:
                os._exit(status)
        for descriptor in descriptors:
            os.close(descriptor)
        if pid is None:
            self._reply(Ended(status=None))
            return
        self._children[pid] = _Child(pid, request)
        self._reply(Forked(pid=pid))

    def _new_process(self) -> int | None:
        """Fork, even if a worker has just used up all processes.

        Trying takes a while, during which that worker is found to exceed its limit.
        """
        for _ in range(_TRIES):
            try:
                return os.fork()
            except OSError:
                self._watch()
                time.sleep(WATCH_SECONDS)
        return None

    def _end(self, request: End) -> None:
        child = self._children.get(request.pid)
        if child is None:
            self._reply(Ended(status=None))
            return
        self._wait(child, request.grace)
        del self._children[request.pid]
        status, growing = child.status, child.growing()
        child.kill()
        if status is None:
            os.waitpid(child.pid, 0)
        if not self._children:
            _kill_strays()
        excess = child.excess
        self._reply(Ended(status=None if excess else status, excess=excess, growing=growing))

    def _wait(self, child: _Child, seconds: float) -> None:
        """Wait for a worker to end by itself, while watching the others."""
        now = looked = time.monotonic()
        limit = now + seconds
        while not child.poll() and now < limit:
            time.sleep(0.002)
            now = time.monotonic()
            if now - looked > WATCH_SECONDS:
                self._watch()
                looked = now

    def _reply(self, reply: NurseryReply) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._control.send(msgspec.msgpack.encode(reply))


def _become_subreaper() -> None:
    """Become the parent of processes that a worker leaves behind (Linux's prctl(2), 36)."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def _kill_strays() -> None:
    """Kill and reap every orphan that became a child of this process, and wait for the rest."""
    while True:
        for pid in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    """Return the children of this process's only thread; empty if /proc doesn't list them."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []
