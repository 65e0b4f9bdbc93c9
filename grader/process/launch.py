"""Starts the nursery; imports only the standard library, so that it can run first."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

SEARCHED_LAST: Final = "GRADER_PYTHONPATH"
"""What PYTHONPATH is called for workers, which look there last: a learner's `jax.py` or
`random.py` in such a folder must not take the place of the real one."""

WORKER: Final = Path(__file__).resolve().parent.parent / "worker" / "__main__.py"

_PINNED: Final = {
    "JAX_PLATFORMS": "cpu",
    "JAX_ENABLE_X64": "0",
    "JAX_DEFAULT_PRNG_IMPL": "threefry2x32",
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
    "JAX_TRACEBACK_FILTERING": "off",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
_INHERITED: Final = (
    "PATH",
    "HOME",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "WINDIR",
    "TEMP",
    "TMP",
    "OPENBLAS_CORETYPE",
)


class Launched:
    """A nursery that still imports its libraries, and the judge's end of its control socket."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.process = process
        self.control = control

    def close(self) -> None:
        """End the nursery, which ends its workers, and wake whoever waits for it."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)
        try:
            self.process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.control.close()


def worker_environment() -> dict[str, str]:
    """Return the environment for worker processes: what Python needs, and jax pinned to the CPU.

    The shell's accelerators and `JAX_*` variables don't get in.
    """
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return kept | _PINNED | {SEARCHED_LAST: os.environ.get("PYTHONPATH", "")}


def can_fork() -> bool:
    """Whether this system can fork a process that has imported jax.

    macOS has fork, but its system libraries don't survive it; Windows doesn't have it.
    `GRADER_NURSERY=0` turns the nursery off, for tests.
    """
    return sys.platform == "linux" and os.environ.get("GRADER_NURSERY") != "0"


def launch() -> Launched:
    """Start the nursery and return at once; it reports on the control socket when it is ready.

    It runs in its own session, so that the terminal's Ctrl-C doesn't reach it: the judge stops it.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-P", str(WORKER), "nursery", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # it reports on its socket why it can't start
            env=worker_environment(),
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return Launched(process, ours)
