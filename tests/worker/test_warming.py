"""Warming up starts neither XLA nor threads, and spares the forks their traces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import os
import sys
from jax._src import pjit, xla_bridge
from grader.catalogue import exercises
from grader.grading.rehearsal import rehearsal
from grader.search.plan import traced_sizes
from grader.worker.arithmetic.tiers import prefer_numpy
from grader.worker.subject import Subject
from grader.worker.warming import warm
from grader.search.cases import plan

def threads():
    return len(os.listdir("/proc/self/task"))

slug, warms = sys.argv[1:]
folder = next(each for each in exercises() if each.exercise.slug == slug)
exercise = folder.exercise
before = threads()
prefer_numpy()
if warms == "warm":
    sizes = traced_sizes(exercise)
    warm(exercise, rehearsal(exercise), sizes, sizes)
assert threads() == before, "warming up started a thread"
assert not xla_bridge._backends, "warming up started XLA"
traced = []
trace = pjit._trace_for_jit
pjit._trace_for_jit = lambda *args, **named: traced.append(1) or trace(*args, **named)
subject = Subject(exercise, "program.py", folder.solution.read_text())
subject.load()
observed = subject.call(plan(exercise, count=1, seed=0).discriminating[0])
print(type(observed.outcome).__name__, observed.outcome.result.data.hex(), len(traced))
"""


def run(slug: str, warms: str) -> tuple[str, str, int]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, slug, warms],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    outcome, data, traced = done.stdout.split()
    return outcome, data, int(traced)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_warm_process_traces_less_and_answers_the_same() -> None:
    cold, warmed = run("nn-vmap-shared", "cold"), run("nn-vmap-shared", "warm")
    assert cold[:2] == warmed[:2]
    assert cold[0] == "Completed"
    assert warmed[2] <= cold[2] / 2
