"""nondeterministic: the answer depends on chance."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import Advice, seeded
from grader.evidence.repeats import Repeat
from grader.model.exercise import Check
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    repeat = evidence.by_chance
    if repeat is not None:
        advice = seeded(evidence) or Advice("draw all random numbers from the key of the seed", ())
        message, label = _words(evidence, repeat)
        yield Sighting(
            message=message,
            label=label,
            details=evidence.unlike(repeat),
            why="A run that can't be repeated can't be debugged, compared or trusted.",
            help=advice.help,
            span=evidence.impurity.chance or evidence.landmarks.head,
            edits=advice.edits,
            case=repeat.second.case,
            evidence={"same_process": repeat.same_process},
        )


def _words(evidence: Evidence, repeat: Repeat) -> tuple[str, str]:
    """Return a message and a label: which calls were seen to differ."""
    if repeat.keys is not None:
        return "the same seed gives different keys", "may be different in every call"
    if evidence.differs_within:
        told = "the same arguments give a different answer every time"
        return told, "a different answer in every call"
    if evidence.differs_afresh and evidence.impurity.drawn_while_loading:
        told = "the same arguments give a different answer each time the program starts"
        return told, "different each time the program starts"
    return "the same arguments gave two different answers", "may be different in every call"


RULE = Rule(
    id="nondeterministic",
    check=Check.PURE,
    title="the answer depends on chance",
    explanation="""\
The function was called twice with the same arguments and gave two different answers. Something in
it doesn't depend only on its arguments: `random` or `numpy.random` without a seed, the clock, an
id. What is drawn outside of the function, while the file is loaded, stays the same only until the
program starts again.

In JAX all randomness comes from keys, and keys come from the seed. That makes a run repeatable: the
same seed gives the same weights and the same result, today and next year.
""",
    wrong=RIGHT.replace("import jax\n", "import jax\nimport numpy as np\n").replace(
        "    return model.apply(variables, x)",
        '    noise = np.random.normal(size=x.shape).astype("float32")\n'
        "    return model.apply(variables, x + noise)",
    ),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/random-numbers.html",
    find=_find,
    hides=frozenset({"ignored-seed", "derived-key"}),
)
