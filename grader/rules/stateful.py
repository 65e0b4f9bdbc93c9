"""stateful: the answer depends on earlier calls."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import forgetting
from grader.model.exercise import Check
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    repeat = evidence.by_memory
    if repeat is not None:
        advice = forgetting(evidence)
        yield Sighting(
            message="the answer depends on earlier calls",
            label="outlives the call",
            details=evidence.unlike(repeat),
            why="Under jax.jit such code runs once, during tracing, and what it remembers then is "
            "frozen into the compiled function.",
            help=advice.help
            if advice is not None
            else "make the answer depend only on the arguments; keep nothing between calls",
            span=evidence.impurity.memory or evidence.landmarks.head,
            edits=advice.edits if advice is not None else (),
            case=repeat.second.case,
            evidence={"same_process": repeat.same_process},
        )


RULE = Rule(
    id="stateful",
    check=Check.PURE,
    title="the answer depends on earlier calls",
    explanation="""\
The same arguments gave a different answer than before, and a fresh process gave the first answer
again. So the function remembers something: a cache in a module-level dict, a counter, a list that
grows, a mutable default argument.

JAX transforms assume that functions are pure: the answer depends only on the arguments. `jax.jit`
runs your Python once, during tracing; the compiled function uses what it remembers at that moment
forever. A cache of weights by shape gives the second seed the weights of the first.
""",
    wrong=RIGHT.replace("\n\ndef forward", "\ncalls = []\n\n\ndef forward")
    .replace("features):\n", "features):\n    calls.append(seed)\n")
    .replace(".reshape(-1)", ".reshape(-1) * len(calls)"),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/notebooks/Common_Gotchas_in_JAX.html#pure-functions",
    find=_find,
    hides=frozenset({"raised", "ignored-seed", "ignored-features", "derived-key"}),
)
