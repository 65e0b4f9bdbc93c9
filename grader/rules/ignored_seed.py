"""ignored-seed: two seeds give one key, so one set of weights."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.keys import SeedPair, seed_pairs
from grader.evidence.look import KeyPair
from grader.evidence.provenance import MAKERS
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
    name = evidence.seed_name
    several = len(second.keys) > 1 and pair.stream is not None
    what = f'one key for "{pair.stream}"' if several else "one answer"
    return Sighting(
        message=f"{name} is ignored: {name} {seeds[0]} and {name} {seeds[1]} give {what}",
        label=f"the key doesn't depend on {name}",
        details=_details(pair),
        why="Runs with different seeds are meant to start from different weights. Here all of "
        "them are one and the same run.",
        help=f"make the key of the argument: jax.random.PRNGKey({name})",
        span=_place(evidence, pair),
        case=second.case if second.answer_wrong else first.case,
        evidence={"seeds": list(seeds)},
        independent=pair.stream is not None,
    )


def _keys(pair: SeedPair) -> list[KeyPair]:
    """Return what is known of the stream in the second look, or of all streams."""
    return [each for each in pair.second.keys if pair.stream in {None, each.stream}]


def _details(pair: SeedPair) -> tuple[str, ...]:
    if pair.stream is not None:
        return (f'Both times "{pair.stream}" was drawn from the key {_keys(pair)[0].actual.data}.',)
    return ("Both times the output was the same, to the last digit.",)


def _place(evidence: Evidence, pair: SeedPair) -> Span | None:
    """Return where the key was made, else where it was used."""
    keys = _keys(pair)
    for each in keys:
        made = [step for step in each.actual.steps if step.operation in MAKERS]
        if made and made[0].span is not None:
            return made[0].span
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
