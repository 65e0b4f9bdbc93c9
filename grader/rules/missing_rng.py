"""missing-rng: the call that answers is given no key for a stream that it draws from."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.exceptions import text_lines
from grader.evidence.keys import task_key, unfed_streams
from grader.model.exercise import Check
from grader.rules.example import DROPOUT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.wrong:
        for stream, root in unfed_streams(look):
            given = sorted(key.stream for key in root.keys)
            yield Sighting(
                message=f'{root.kind} is given no key for the stream "{stream}"',
                label=f'has a key for "{given[0]}" only' if given else "has no key",
                details=text_lines(look.raised)
                if look.raised
                else ('Flax fell back on the key of "params", and nothing raised.',)
                if "params" in given
                else (),
                why="Each stream of random numbers has a key of its own, by its name. Keys that "
                "init was given don't count here: the module doesn't keep them.",
                help="pass the key by the name of its stream: "
                f'rngs={{"{stream}": {task_key(evidence, stream) or "…"}}}',
                span=evidence.landmarks.keyword(root.span, "rngs") or evidence.landmarks.head,
                case=look.case,
                evidence={"stream": stream, "given": given},
            )
            return


RULE = Rule(
    id="missing-rng",
    check=Check.RNG,
    title="apply is given no key for a stream that it draws from",
    explanation="""\
`apply` draws random numbers, for dropout for example, and takes their keys by the names of the
streams: `rngs={"dropout": key}`. A module keeps no key, so the ones that `init` had don't help.

Without a key Flax raises `InvalidRngError: … needs PRNG for "dropout"`. If there is a key for
`"params"`, though, Flax silently falls back on that one. A key that is passed without a name,
`rngs=key`, counts as the one for `"params"`. Then the masks come from a key that was meant for
something else, and a fresh key for dropout in each training step never reaches it.
""",
    wrong=DROPOUT.replace('rngs={"dropout": dropout_key}', "rngs=dropout_key"),
    right=DROPOUT,
    link="https://flax-linen.readthedocs.io/en/latest/guides/flax_fundamentals/rng_guide.html",
    find=_find,
    alters=NUMBERS,
)
