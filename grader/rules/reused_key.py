"""reused-key: two streams of random numbers draw from the same key."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.edits import key_edits
from grader.evidence.keys import reused, task_key
from grader.evidence.look import KeyPair
from grader.evidence.notation import listing
from grader.model.exercise import Check
from grader.rules.example import DROPOUT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.wrong:
        pair = reused(look)
        if pair is not None:
            yield _sighting(evidence, look, pair)
            return


def _sighting(evidence: Evidence, look: Look, pair: tuple[KeyPair, KeyPair]) -> Sighting:
    first, second = pair
    if not second.differs:
        first, second = second, first
    streams = listing(f'"{each.stream}"' for each in pair)
    root = second.actual.root
    return Sighting(
        message=f"{streams} draw from the same key",
        label=f'"{second.stream}" gets the key of "{first.stream}"',
        details=(f"key of {streams}: {second.actual.data}",),
        why="A key always gives the same random bits, whatever you use them for. Numbers that "
        "should be independent are then correlated.",
        help=_help(evidence, [each for each in pair if each.differs]),
        span=evidence.landmarks.keyword(root.span, "rngs") or evidence.landmarks.head,
        edits=key_edits(evidence, [each for each in pair if each.differs]),
        case=look.case,
        evidence={
            "streams": [each.stream for each in pair],
            "key": second.actual.data,
            "expected": [each.expected.data for each in pair],
        },
    )


def _help(evidence: Evidence, wrong: list[KeyPair]) -> str:
    """Say how the task makes the keys that are wrong."""
    keys = {each.stream: task_key(evidence, each.stream) for each in wrong}
    if None in keys.values():
        return "split the key, and give each stream its own part, as the task says"
    told = listing(f'"{stream}" {key}' for stream, key in keys.items())
    return f"give each stream its own key, as the task does: {told}"


RULE = Rule(
    id="reused-key",
    check=Check.RNG,
    title="two streams draw from the same key",
    explanation="""\
Use each key for one purpose only. JAX has no hidden random state: the same key gives the same
random bits each time. If the weights and the dropout masks come from one key, they come from the
same bits, and are correlated in a way that nobody wants and that you can't see in any shape.

If you need two keys, split one: `params_key, dropout_key = jax.random.split(key)`. Don't use the
old key after that.
""",
    wrong=DROPOUT.replace('rngs={"dropout": dropout_key}', 'rngs={"dropout": params_key}'),
    right=DROPOUT,
    link="https://docs.jax.dev/en/latest/random-numbers.html",
    find=_find,
    alters=NUMBERS,
    hides=frozenset({"derived-key"}),
)
