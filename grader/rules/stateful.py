"""stateful: the answer depends on what was called before."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.model.exercise import Check
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    repeat = evidence.by_memory
    if repeat is not None:
        yield Sighting(
            message="the answer depends on the calls before",
            label="outlives the call",
            details=evidence.unlike(repeat),
            why="Under jax.jit such code runs once, while it is traced, and what it remembers is "
            "frozen into the compiled function.",
            help="let the answer depend on the arguments alone; keep nothing between calls",
            span=evidence.impurity.memory or evidence.landmarks.head,
            case=repeat.second.case,
            evidence={"same_process": repeat.same_process},
        )


RULE = Rule(
    id="stateful",
    check=Check.PURE,
    title="the answer depends on the calls before",
    explanation="""\
The same arguments gave another answer than before, and in a fresh process the first answer came
again. So the function remembers something: a cache in a module-level dict, a counter, a list that
grows, a mutable default argument.

JAX transforms take functions to be pure: the answer depends on the arguments alone. `jax.jit` runs
your Python once, while tracing; what it remembers at that moment is what the compiled function uses
forever. A cache of weights by shape gives the second seed the weights of the first.
""",
    wrong="""\
import flax.linen as nn
import jax

calls = []


def forward(seed, x, features):
    calls.append(seed)
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1) * len(calls)
""",
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/notebooks/Common_Gotchas_in_JAX.html#pure-functions",
    find=_find,
    hides=frozenset({"raised", "ignored-seed", "ignored-features", "derived-key"}),
)
