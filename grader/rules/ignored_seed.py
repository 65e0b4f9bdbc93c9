"""ignored-seed: two seeds give one key, so one set of weights."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.keys import (
    Fault,
    SeedPair,
    fault,
    making_step,
    seed_pairs,
    task_key,
    task_seed_key,
)
from grader.evidence.look import KeyPair
from grader.evidence.provenance import way
from grader.exercise import Check
from grader.observation import Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for pair in seed_pairs(evidence):
        yield _sighting(evidence, pair)
        if pair.stream is None:
            return


def _sighting(evidence: Evidence, pair: SeedPair) -> Sighting:
    first, second = pair.first, pair.second
    seeds = evidence.seed(first.case), evidence.seed(second.case)
    name, stream = evidence.seed_name, pair.stream
    what = "one answer" if stream is None else f'the same key for "{stream}"'
    return Sighting(
        message=f"{name} is ignored: {name} {seeds[0]} and {name} {seeds[1]} give {what}",
        label=f"the key doesn't depend on {name}",
        details=_details(pair),
        why=_why(stream),
        help=_help(evidence, pair),
        span=_place(evidence, pair),
        case=second.case if second.failed else first.case,
        evidence={"seeds": list(seeds)},
        independent=stream is not None,
    )


def _why(stream: str | None) -> str:
    if stream is None:
        return "Runs with different seeds are meant to differ. Here they are one and the same run."
    if stream == "params":
        return "Runs with different seeds are meant to start from different weights."
    return f'Runs with different seeds are meant to draw other random numbers from "{stream}".'


def _help(evidence: Evidence, pair: SeedPair) -> str:
    """Say how the task makes the key; of a key that is derived as the task does, the first one."""
    name = evidence.seed_name
    if pair.stream is None:
        return f"make the key of {name}"
    alike = all(fault(each) is Fault.FIRST for each in _keys(pair))
    task = (task_seed_key if alike else task_key)(evidence, pair.stream)
    return f"make the key of the argument: {task}" if task else f"make the key of {name}"


def _keys(pair: SeedPair) -> list[KeyPair]:
    """Return what is known of the stream in the second look, or of all streams."""
    return [each for each in pair.second.keys if pair.stream in {None, each.stream}]


def _details(pair: SeedPair) -> tuple[str, ...]:
    if pair.stream is not None:
        key = _keys(pair)[0].actual
        told = f"the key {key.data}" if key.data else f"the key of {way(key)}"
        return (f'Both times "{pair.stream}" was drawn from {told}.',)
    return ("Both times the output was the same, to the last digit.",)


def _place(evidence: Evidence, pair: SeedPair) -> Span | None:
    """Return where the key was made, else where it was used."""
    keys = _keys(pair)
    for each in keys or [each for look in evidence.looks for each in look.keys]:
        made = making_step(each.actual)
        if made is not None and made.span is not None:
            return made.span
    constant = evidence.landmarks.constant_key
    if constant is not None:
        return constant
    return keys[0].actual.root.span if keys else evidence.landmarks.head


RULE = Rule(
    id="ignored-seed",
    check=Check.RNG,
    title="the seed has no effect",
    explanation="""\
The key is made of something else than the seed that was passed, usually a constant. So every seed
gives the same weights.

Seeds are there to repeat a run exactly, and to see how much a result owes to luck. If the seed is
ignored, five runs with five seeds are one run, reported five times.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(0), x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/random-numbers.html",
    find=_find,
    explains=frozenset({"wrong-values"}),
)
