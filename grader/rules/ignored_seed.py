"""ignored-seed: two seeds give one key, so one set of weights."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.keys import seed_pairs
from grader.evidence.provenance import MAKERS
from grader.exercise import Check
from grader.observation import Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    pair = next(iter(seed_pairs(evidence)), None)
    if pair is None:
        return
    first, second = pair
    seeds = evidence.seed(first.case), evidence.seed(second.case)
    name = evidence.seed_name
    yield Sighting(
        message=f"{name} is ignored: {name} {seeds[0]} and {name} {seeds[1]} give one answer",
        label=f"the key doesn't depend on {name}",
        details=_details(first, second),
        why="Runs with different seeds are meant to start from different weights. Here all of "
        "them are one and the same run.",
        help=f"make the key of the argument: jax.random.PRNGKey({name})",
        span=_place(evidence, second),
        case=second.case if second.answer_wrong else first.case,
        evidence={"seeds": list(seeds)},
        independent=any(pair.actual.data is not None for pair in first.keys),
    )


def _details(first: Look, second: Look) -> tuple[str, ...]:
    data = [pair.actual.data for look in (first, second) for pair in look.keys]
    if data and data[0] is not None:
        return (f"Both times the variables were drawn from the key {data[0]}.",)
    return ("Both times the output was the same, to the last digit.",)


def _place(evidence: Evidence, look: Look) -> Span | None:
    """Return where the key was made, else where it was used."""
    for pair in look.keys:
        made = [step for step in pair.actual.steps if step.operation in MAKERS]
        if made and made[0].span is not None:
            return made[0].span
    constant = evidence.landmarks.constant_key
    if constant is not None:
        return constant
    return look.keys[0].actual.root.span if look.keys else evidence.landmarks.head


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
