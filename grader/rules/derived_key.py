"""derived-key: the key depends on the seed, but is not the one that the seed alone gives."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.keys import derived, deriving_steps, making_step, seed_pairs, wrong_steps
from grader.evidence.look import KeyPair
from grader.evidence.provenance import Provenance, step_text
from grader.exercise import Check
from grader.observation import KeyStep, Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    constant = {pair.stream for pair in seed_pairs(evidence)}
    seen: set[str] = set()
    for look in evidence.looks:
        for pair in derived(evidence, look):
            fixed = pair.stream in constant or None in constant
            if pair.stream not in seen and (not fixed or wrong_steps(pair)):
                seen.add(pair.stream)
                yield _sighting(evidence, look, pair)


def _sighting(evidence: Evidence, look: Look, pair: KeyPair) -> Sighting:
    name = evidence.seed_name or "seed"
    plain = not deriving_steps(pair.expected)
    return Sighting(
        message=f'"{pair.stream}" is drawn from a derived key, not from PRNGKey({name})'
        if plain
        else f'"{pair.stream}" is drawn from another key than the task derives for it',
        label=_label(evidence, look, pair),
        details=_details(pair),
        why="The same seed then gives other random numbers than everybody else gets from it, and "
        "a result can't be compared or repeated.",
        help=f"pass jax.random.PRNGKey({name}) to init as it is"
        if plain
        else f'make the key of "{pair.stream}" as the task does: {_told(evidence, look, pair)}',
        span=_place(evidence, pair),
        case=look.case,
        evidence={
            "stream": pair.stream,
            "expected": pair.expected.data,
            "actual": pair.actual.data,
            "steps": [step.operation for step in pair.actual.steps],
        },
    )


def _label(evidence: Evidence, look: Look, pair: KeyPair) -> str:
    steps = wrong_steps(pair)
    if steps:
        return f"{steps[-1].operation} makes another key"
    made = making_step(pair.actual)
    if made is not None and made.operands and made.operands[0].lstrip("-").isdigit():
        return f"this is {made.operation}({made.operands[0]}), the seed is {_seed(evidence, look)}"
    return "not the key that the seed gives"


def _seed(evidence: Evidence, look: Look) -> str:
    return str(evidence.seed(look.case))


def _details(pair: KeyPair) -> tuple[str, ...]:
    """Tell the way of the key, and both keys."""
    actual = pair.actual
    lines: list[str] = []
    if actual.positions:
        lines.append(f"The key is {_way(actual)}.")
    elif deriving_steps(actual):
        lines.append(f"The key went through {_names(deriving_steps(actual))}.")
    if pair.differs:
        lines.append(f"key   expected {pair.expected.data}   found {actual.data}")
    return tuple(lines)


def _told(evidence: Evidence, look: Look, pair: KeyPair) -> str:
    """Tell how the task makes the key of the seed, by the seed's name."""
    seed, name = _seed(evidence, look), evidence.seed_name or "seed"
    return _way(pair.expected).replace(f"({seed})", f"({name})")


def _way(key: Provenance) -> str:
    """Tell how a key was made, the last step first."""
    told = [step_text(*each) for each in zip(key.steps, key.positions, strict=True)]
    return ", of ".join(reversed(told))


def _names(steps: tuple[KeyStep, ...]) -> str:
    return ", ".join(f"jax.random.{step.operation}" for step in steps)


def _place(evidence: Evidence, pair: KeyPair) -> Span | None:
    """Return the call that derived the key, the one nearest to its use."""
    steps = wrong_steps(pair) or deriving_steps(pair.actual) or pair.actual.steps
    spans = [step.span for step in steps if step.span is not None]
    return spans[-1] if spans else pair.actual.root.span or evidence.landmarks.head


RULE = Rule(
    id="derived-key",
    check=Check.RNG,
    title="the random numbers come from a derived key",
    explanation="""\
The task asks for the weights that `jax.random.PRNGKey(seed)` gives. Yours were drawn from a key
that was derived from it: one half of a `split`, a `fold_in`, or a key of `seed + 1`.

Splitting a key before use is good manners wherever one key would be used twice. Here it is used
once. A key that was derived in any way gives other random numbers, so the same seed leads to other
weights than in the task, and nobody can repeat your run from the seed alone.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    key, init_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(init_key, x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/random-numbers.html",
    find=_find,
    explains=frozenset({"wrong-values"}),
)
