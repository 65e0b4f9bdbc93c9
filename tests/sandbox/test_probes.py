"""The self-test of `grade doctor`: it sees what holds, and what does not."""

import os
import sys
import tempfile

import msgspec
import pytest
from sandbox_lab import Place, needs

from grader.sandbox import probes
from grader.sandbox.probes import PROBES, READ_A_SOLUTION, ProbeOutcome, run_probes

NAMES = (*PROBES, READ_A_SOLUTION)


def outcomes(results: tuple[probes.ProbeResult, ...]) -> dict[str, ProbeOutcome]:
    return {result.name: result.outcome for result in results}


@needs("landlock-files", "seccomp")
def test_all_probes_are_stopped_here(place: Place) -> None:
    results = run_probes(place.policy(), [str(place.neighbour)])
    assert outcomes(results) == dict.fromkeys(NAMES, ProbeOutcome.HELD), tempfile.gettempdir()
    *results, solution = results
    assert solution.detail == "EACCES, 1 files"
    assert {result.detail for result in results} == {"EACCES", "EPERM"}


@needs("landlock-files", "seccomp")
def test_an_escape_is_detected(place: Place) -> None:
    policy = msgspec.structs.replace(place.policy(), readable=(tempfile.gettempdir(),))
    result, *_, solution = run_probes(policy, [str(place.neighbour), str(place.submission)])
    assert result.outcome is ProbeOutcome.ESCAPED
    assert result.detail == "read 8 characters"
    assert solution.outcome is ProbeOutcome.ESCAPED
    assert solution.detail.endswith(".py is readable")


@pytest.mark.skipif(sys.platform == "win32", reason="no fork here")
def test_without_the_layers_all_escape(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "confine", lambda _policy: ())
    results = run_probes(place.policy(), [str(place.neighbour)])
    assert outcomes(results) == dict.fromkeys(NAMES, ProbeOutcome.ESCAPED)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork here")
def test_a_killed_probe_counts_as_stopped(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(_path: str) -> str:
        os._exit(9)

    monkeypatch.setattr(probes, "PROBES", {"end": end})
    result, _ = run_probes(place.policy())
    assert result.outcome is ProbeOutcome.HELD
    assert result.detail == "ended with status 9"


def test_without_fork_nothing_is_claimed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.fork", raising=False)
    results = run_probes(place.policy())
    assert outcomes(results) == dict.fromkeys(NAMES, ProbeOutcome.UNTESTED)
