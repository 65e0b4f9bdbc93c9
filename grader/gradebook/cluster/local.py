"""Starts worker processes on this machine, and ends them with the command."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import ClusterBroken
from grader.gradebook.cluster.patience import Patience

_SCRIPT: Final = Path(__file__).with_name("local_cluster.py")
_GRACE: Final = 0.5
"""Seconds for the processes to end by themselves."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Where the scheduler is, and the certificates that it asks for, as PEM."""

    address: str
    ca: str
    certificate: str
    key: str


@contextlib.contextmanager
def local_workers(workers: int, patience: Patience) -> Iterator[Told]:
    """Start workers, yield how to connect to them, and stop them all at the end.

    Raises `ClusterBroken`.
    """
    folder = Path(tempfile.mkdtemp(prefix="grader-cluster-"))
    log = folder / "log"
    try:
        with log.open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
                [sys.executable, "-P", str(_SCRIPT), str(workers)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | {"TMPDIR": str(folder)},
                start_new_session=True,  # the terminal's Ctrl-C doesn't reach it
            )
        try:
            yield _connection(process, log, patience)
        finally:
            _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _connection(process: subprocess.Popen[bytes], log: Path, patience: Patience) -> Told:
    assert process.stdout is not None
    line = patience.result(process.stdout.readline)
    try:
        return msgspec.json.decode(line, type=Told)
    except msgspec.DecodeError:
        raise ClusterBroken(f"the workers of --dask local didn't start: {_last(log)}") from None


def _last(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "they said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the cluster and its workers; what these started sees their sockets close."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
