"""missing-rng: the call that gives the answer has no key for a stream that it draws from."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import stream_edits
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
                message=f'{root.kind} gets no key for the stream "{stream}"',
                label=f'only has a key for "{given[0]}"' if given else "has no key",
                details=text_lines(look.raised)
                if look.raised
                else ('Flax used the key of "params" instead, without raising.',)
                if "params" in given
                else (),
                why="Each stream of random numbers needs its own key, under the stream's name. "
                "Keys that init got don't count here: the module doesn't keep them.",
                help=f'pass the key under the name of its stream: rngs={{"{stream}": '
                f"{task_key(evidence, stream) or '…'}}}",
                span=evidence.landmarks.keyword(root.span, "rngs") or evidence.landmarks.head,
                edits=stream_edits(evidence, root.span, [stream]),
                case=look.case,
                evidence={"stream": stream, "given": given},
            )
            return


RULE = Rule(
    id="missing-rng",
    check=Check.RNG,
    title="apply gets no key for a stream that it draws from",
    explanation="""\
`apply` draws random numbers, for example for dropout, and takes their keys under the names of the
streams: `rngs={"dropout": key}`. A module doesn't keep keys, so those that `init` got don't help.

Without a key, Flax raises `InvalidRngError: … needs PRNG for "dropout"`. But if there is a key for
`"params"`, Flax silently uses that one. A key without a name, `rngs=key`, counts as the key for
`"params"`. Then the masks come from a key that was meant for something else, and a fresh dropout
key in each training step never gets there.
""",
    wrong=DROPOUT.replace('rngs={"dropout": dropout_key}', "rngs=dropout_key"),
    right=DROPOUT,
    link="https://flax-linen.readthedocs.io/en/latest/guides/flax_fundamentals/rng_guide.html",
    find=_find,
    alters=NUMBERS,
)
