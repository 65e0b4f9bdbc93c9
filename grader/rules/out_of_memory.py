"""out-of-memory: the process exceeded its memory limit."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.model.exercise import Check
from grader.model.observation import OutOfMemory
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for outcome, case in evidence.endings:
        if isinstance(outcome, OutOfMemory):
            limit = f"{outcome.limit / 2**30:.1f} GiB" if outcome.limit else "there is"
            yield Sighting(
                message=f"it needs more memory than {limit}",
                label="asks for more memory than there is",
                help="look for an array that is far larger than its inputs, or a list that keeps "
                "growing",
                span=outcome.place,
                case=case,
                evidence={"limit": outcome.limit},
            )
            return


RULE = Rule(
    id="out-of-memory",
    check=Check.RUNS,
    title="the function needs more memory than it may use",
    explanation="""\
The process that runs your function has a memory limit, which is far more than the task needs. Your
function exceeded it and was stopped.

Look for an array that is far larger than the inputs, for two long axes that are broadcast against
each other, and for a list that grows in an endless loop.
""",
    wrong="""\
import numpy as np


def forward(seed, x, features):
    return np.ones((10**7, 10**7))
""",
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/gpu_memory_allocation.html",
    find=_find,
    alters=NOTHING,
)
