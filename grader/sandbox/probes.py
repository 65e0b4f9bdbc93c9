"""Hostile acts, for `grade doctor` to show whether what is reported active holds here.

Each is tried in a forked child that confined itself first, as a worker does. Nothing leaves the
machine: the secret is a file made for the purpose, the socket is never connected, and of a
solution only the length comes back.
"""

import errno
import os
import socket
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum, unique
from pathlib import Path
from typing import NamedTuple

from grader.sandbox.confine import confine
from grader.sandbox.policy import Policy

Probe = Callable[[str], str]
"""Takes a path to read; returns what it got, or raises OSError."""

LONGEST_ANSWER = 1000


@unique
class ProbeOutcome(StrEnum):
    """`HELD`: refused or killed. `ESCAPED`: it got what it wanted. `UNTESTED`: no fork here."""

    HELD = "held"
    ESCAPED = "escaped"
    UNTESTED = "untested"


class ProbeResult(NamedTuple):
    """The result of one hostile act; `detail` is one line for `grade doctor`."""

    name: str
    outcome: ProbeOutcome
    detail: str


def run_probes(policy: Policy, solutions: Iterable[str] = ()) -> tuple[ProbeResult, ...]:
    """Try each probe under the policy, which must not grant the temporary folder.

    `solutions` are all copies of solutions that are known of; none may be readable.
    """
    names = (*PROBES, READ_A_SOLUTION)
    if not hasattr(os, "fork"):
        return tuple(ProbeResult(name, ProbeOutcome.UNTESTED, "no fork here") for name in names)
    with tempfile.NamedTemporaryFile("w", prefix="grader-probe-", encoding="utf-8") as secret:
        secret.write("a secret")
        secret.flush()
        acts = tuple(_try(name, probe, policy, secret.name) for name, probe in PROBES.items())
    return (*acts, _try_to_read(policy, tuple(solutions)))


def _try_to_read(policy: Policy, solutions: tuple[str, ...]) -> ProbeResult:
    """Try to read each solution; say how it went with the first that is readable, or with all."""
    results = [_try(READ_A_SOLUTION, read_a_file, policy, each) for each in solutions]
    for each, path in zip(results, solutions, strict=True):
        if each.outcome is ProbeOutcome.ESCAPED:
            return ProbeResult(each.name, each.outcome, f"{path} is readable")
    if not results:
        return ProbeResult(READ_A_SOLUTION, ProbeOutcome.UNTESTED, "no solution was found")
    return ProbeResult(
        READ_A_SOLUTION, ProbeOutcome.HELD, f"{results[0].detail}, {len(results)} files"
    )


def read_a_file(path: str) -> str:
    """Read a file that no policy grants."""
    return f"read {len(Path(path).read_text(encoding='utf-8'))} characters"


def start_a_process(_path: str) -> str:
    """Fork, as `os.system` and `subprocess` would have to."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return f"started process {child}"


def open_a_socket(_path: str) -> str:
    """Make a socket of the internet, without connecting it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as opened:
        return f"opened descriptor {opened.fileno()}"


PROBES: Mapping[str, Probe] = {
    "read a secret file": read_a_file,
    "start a process": start_a_process,
    "open a socket": open_a_socket,
}


READ_A_SOLUTION = "read a solution"


def _try(name: str, probe: Probe, policy: Policy, path: str) -> ProbeResult:
    """Fork, confine, try; what the child did comes back through a pipe, as a line of text."""
    reading, writing = os.pipe()
    child = _fork()
    if child == 0:
        os.close(reading)
        _confess(probe, policy, path, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read(LONGEST_ANSWER).decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    outcome, _, detail = answer.partition(":")
    if outcome in {ProbeOutcome.ESCAPED, ProbeOutcome.HELD}:
        return ProbeResult(name, ProbeOutcome(outcome), detail)
    ended = os.waitstatus_to_exitcode(status)
    return ProbeResult(name, ProbeOutcome.HELD, f"ended with status {ended}")


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 and jax warn of other threads; the child doesn't touch them.
        warnings.simplefilter("ignore")
        return os.fork()


def _confess(probe: Probe, policy: Policy, secret: str, writing: int) -> None:
    """Run in the child, and never return to the judge's code."""
    try:
        confine(policy)
        answer = _outcome_of(probe, secret)
        os.write(writing, answer.encode()[:LONGEST_ANSWER])
    finally:
        os._exit(0)


def _outcome_of(probe: Probe, secret: str) -> str:
    try:
        return f"{ProbeOutcome.ESCAPED}:{probe(secret)}"
    except OSError as error:
        return f"{ProbeOutcome.HELD}:{errno.errorcode.get(error.errno or 0, str(error))}"
